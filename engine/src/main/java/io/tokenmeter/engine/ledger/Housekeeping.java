package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.DAMAGE_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.HOLDS_RECOVERED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RECYCLING_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_REFUSED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SEED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.UNSLOTTED_OFFSET;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a ledger does about once a second, and when it closes. */
final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final long RECYCLE_EVERY_MILLIS = 60_000;

  private final Memory memory;
  private final Rows rows;
  private final Slots slots;
  private final Settlement settlement;
  private final ClockGuard clock;
  private final Recovery recovery;
  private final Recycler recycler;
  private final WindowCloser closer;
  private final Growth growth;
  private final @Nullable Neighbours neighbours;
  private final int participant;

  private volatile @Nullable ClosedRows statements;
  private volatile boolean closed;
  private volatile boolean removed;
  private long recycledAt;
  private long refusedRows;
  private long recyclerSeen;
  private long unslottedHolds;
  private long damaged;
  private boolean faultLogged;
  private boolean statementFaultLogged;

  Housekeeping(
      Memory memory,
      Rows rows,
      Slots slots,
      Settlement settlement,
      ClockGuard clock,
      Recovery recovery,
      Recycler recycler,
      WindowCloser closer,
      Growth growth,
      @Nullable Neighbours neighbours)
      throws IOException {
    this.memory = memory;
    this.rows = rows;
    this.slots = slots;
    this.settlement = settlement;
    this.clock = clock;
    this.recovery = recovery;
    this.recycler = recycler;
    this.closer = closer;
    this.growth = growth;
    this.neighbours = neighbours;
    this.participant = neighbours == null ? 0 : neighbours.join(recovery);
    this.refusedRows = memory.get(ROWS_REFUSED_OFFSET);
    this.unslottedHolds = memory.get(UNSLOTTED_OFFSET);
    this.damaged = memory.get(DAMAGE_OFFSET);
  }

  int participant() {
    return participant;
  }

  /** Whether the file is not at its place any more, so that others cannot find it. */
  boolean isRemoved() {
    return removed;
  }

  boolean isClosed() {
    return closed;
  }

  synchronized void run() {
    if (closed) {
      return;
    }
    try {
      endOverdue();
      if (neighbours != null) {
        neighbours.beat();
        reportRemoval(neighbours);
      }
      recoverAndRecycle();
      growAhead();
      reportShortage();
    } catch (IOException | RuntimeException | InternalError fault) {
      if (!faultLogged) {
        faultLogged = true;
        LOG.warn(
            "tokenmeter: the ledger's housekeeping failed; further faults are not logged", fault);
      }
    }
  }

  /** Nothing can be done about it: this process goes on with the rows that it has mapped. */
  private void reportRemoval(Neighbours newcomers) {
    if (!removed && !newcomers.areToFind(memory.get(SEED_OFFSET))) {
      removed = true;
      LOG.error(
          "tokenmeter: the ledger was removed or replaced while this process uses it; processes that"
              + " start from now on do not share its budgets. Start this process anew");
    }
  }

  private void endOverdue() {
    int ended = endOwnHolds(clock.now());
    if (ended > 0) {
      LOG.warn("tokenmeter: gave back {} holds whose calls did not end within an hour", ended);
    }
  }

  /** Ends this process's holds with a deadline before a time. */
  private int endOwnHolds(long before) {
    int ended = 0;
    for (int slot = 0; slot < slots.count(); slot++) {
      long control = slots.control(slot);
      if (Slots.state(control) == Slots.HELD
          && Slots.participant(control) == participant
          && slots.deadline(slot) < before
          && slots.beginExpiry(slot, control)) {
        settlement.release(slot);
        ended++;
      }
    }
    return ended;
  }

  private void recoverAndRecycle() throws IOException {
    boolean recycle = clock.now() - recycledAt >= RECYCLE_EVERY_MILLIS || clock.now() < recycledAt;
    if (recycle) {
      recycledAt = clock.now();
    }
    boolean resume = recycler.wasInterrupted();
    if (neighbours == null) {
      if (recycle || resume) {
        recycler.recycle();
      }
      return;
    }
    synchronized (LockFile.JVM_MONITOR) {
      int recovered = neighbours.recoverDead(recovery);
      memory.getAndAdd(HOLDS_RECOVERED_OFFSET, recovered);
      if (recycle || resume) {
        try (LockFile host = neighbours.tryHostLock()) {
          if (host != null) {
            recycler.takeOnlyRecorded(statements != null);
            recycler.resume();
            if (recycle) {
              memory.getAndAdd(DAMAGE_OFFSET, neighbours.endStrays(recovery));
              recycler.takeOnlyRecorded(statements != null && (closeWindows() || !isNearlyFull()));
              recycler.recycle();
            }
          }
        }
      }
    }
  }

  void statements(ClosedRows sink) {
    statements = sink;
  }

  /**
   * Before rows are taken back: what is not on record stays.
   *
   * @return false if the statements cannot be written
   */
  private boolean closeWindows() {
    ClosedRows sink = statements;
    if (sink != null) {
      try {
        closer.close(sink, clock.now());
      } catch (IOException failed) {
        if (!statementFaultLogged) {
          statementFaultLogged = true;
          LOG.error(
              "tokenmeter: statements cannot be written ({}); closed windows wait in the ledger",
              failed.toString());
        }
        return false;
      }
    }
    statementFaultLogged = false;
    return true;
  }

  private boolean isNearlyFull() {
    return rows.used() > LedgerDescriptor.MAX_ROWS / 4 * 3;
  }

  /**
   * Closes windows at once, unless another process has the host's lock.
   *
   * @return whether it did
   */
  synchronized boolean closeNow(ClosedRows sink) throws IOException {
    if (neighbours == null || closed) {
      return true;
    }
    synchronized (LockFile.JVM_MONITOR) {
      try (LockFile host = neighbours.tryHostLock()) {
        if (host != null) {
          closer.close(sink, clock.now());
        }
        return host != null;
      }
    }
  }

  /** Before calls need the rows: they would have to wait for the file. */
  private void growAhead() {
    if (rows.used() > rows.capacity() / 2) {
      growth.grow(true, new Patience(rows.begun()));
    }
    rows.isReadable(rows.capacity() - 1);
  }

  private void reportShortage() {
    long damage = memory.get(DAMAGE_OFFSET);
    if (damage != damaged) {
      LOG.error(
          "tokenmeter: the ledger is damaged in {} places; what was spent from some budgets may be"
              + " forgotten. Check the disk, stop the processes that use the ledger and remove it",
          damage - damaged);
      damaged = damage;
    }
    long refused = memory.get(ROWS_REFUSED_OFFSET);
    long recycler = memory.getVolatile(RECYCLING_OFFSET);
    // Nobody takes rows back for a second, unless its process was stopped: the next look tells.
    if (refused != refusedRows && (recycler == 0 || recycler == recyclerSeen)) {
      if (recycler != 0) {
        LOG.warn(
            "tokenmeter: process {} has stopped while it takes rows of the ledger back; until it goes"
                + " on or ends new keys share a row, or are refused ({} more budget rows)",
            recycler,
            refused - refusedRows);
      } else {
        LOG.warn(
            "tokenmeter: the ledger has no room for {} more budget rows; new keys share a row, or are refused",
            refused - refusedRows);
      }
      refusedRows = refused;
    }
    recyclerSeen = recycler;
    long unslotted = memory.get(UNSLOTTED_OFFSET);
    if (unslotted != unslottedHolds) {
      LOG.warn(
          "tokenmeter: {} calls found all {} reservation slots taken; they count as spent until they end",
          unslotted - unslottedHolds,
          slots.count());
      unslottedHolds = unslotted;
    }
  }

  /**
   * Where a call's thread is in the middle of a step the participant stays, and with it the
   * kernel's lock: nobody may take this process for dead and end what that thread goes on with. The
   * kernel drops the lock when the process ends, or when nobody has this ledger any more.
   */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    endOwnHolds(Long.MAX_VALUE);
    try {
      if (neighbours != null && !anyOwnSlot() && slots.slotless().leave(participant)) {
        neighbours.leave();
      }
    } catch (IOException fault) {
      LOG.warn("tokenmeter: the ledger's lock file could not be closed", fault);
    }
  }

  private boolean anyOwnSlot() {
    for (int slot = 0; slot < slots.count(); slot++) {
      long control = slots.control(slot);
      if (Slots.state(control) != Slots.FREE && Slots.participant(control) == participant) {
        return true;
      }
    }
    return false;
  }
}
