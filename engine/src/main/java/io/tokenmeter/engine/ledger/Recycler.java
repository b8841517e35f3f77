package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ENTRIES;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.FREE_ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.RECYCLING_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_BEGUN_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_USED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_GENERATION;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_HIGH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KEY_LOW;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_MARK;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_NEXT;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_PERIOD;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RING;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;

import java.util.BitSet;

/**
 * Takes rows back whose window ended long ago, buckets that have been full and rolling windows that
 * have been empty for long, sessions that are over, and rows that nobody linked. Runs under the
 * host's lock. Nobody creates rows meanwhile (see {@link LedgerHold#create}); lookups and debits go
 * on, and a row that a slot names stays until the slot lets go of it.
 *
 * <p>What it finds in the chains that no process of ours wrote so it counts and cuts off; an
 * account that has lost its chain gets it back. Everything it does may be done again, after a crash
 * in here.
 */
final class Recycler {
  /** How long a row outlives its window; a clock may be set back so far and finds it again. */
  static final long RETENTION_MILLIS = 24 * 3_600_000L;

  /** How long a bucket must have been full, or a rolling window empty. */
  private static final long IDLE_MILLIS = 600_000;

  private static final int MAX_SPINS = 1_000;

  /** So that others can name who stopped in here. */
  private static final long PID = ProcessHandle.current().pid();

  /**
   * A millisecond or two. A call takes from its rows in less than a microsecond; others wait for
   * the host's lock, and creators for this.
   */
  private static final int MAX_WAITS = 20;

  private final Memory memory;
  private final Rows rows;
  private final Slots slots;
  private final Accounts accounts;
  private final RecordedSums recorded;
  private final ClockGuard clock;
  private boolean onlyRecorded;

  Recycler(Memory memory, Rows rows, Slots slots, Accounts accounts, ClockGuard clock) {
    this.memory = memory;
    this.rows = rows;
    this.slots = slots;
    this.accounts = accounts;
    this.recorded = new RecordedSums(memory, rows);
    this.clock = clock;
  }

  /** Whether from now on rows whose window has ended stay until all of their sum is on record. */
  void takeOnlyRecorded(boolean only) {
    onlyRecorded = only;
  }

  /** Takes back what can be; a pass over the rows in use. */
  void recycle() {
    long now = clock.now();
    if (!wasInterrupted() && !anythingToDo(now)) {
      return;
    }
    // A slot that a dead process claimed would keep the creators of all others waiting below.
    if (!wasInterrupted() && !slots.awaitTakers(MAX_WAITS)) {
      return;
    }
    run(now, () -> retire(now));
  }

  /** Whether a recycler died in here: until somebody finishes its work nobody creates rows. */
  boolean wasInterrupted() {
    return memory.getVolatile(RECYCLING_OFFSET) != 0;
  }

  /** Finishes what a recycler began that died in here, and takes back no more than that. */
  void resume() {
    if (wasInterrupted()) {
      run(clock.now(), () -> {});
    }
  }

  /** Rows that a dead recycler retired keep the word set until the chains have been swept. */
  private void run(long now, Runnable retirement) {
    // Rows that only others can reach would look like links that lead nowhere.
    if (!rows.areAllReachable()) {
      return;
    }
    boolean interrupted = wasInterrupted();
    announce();
    if (waitForCreators()) {
      retirement.run();
      // Whoever claimed a slot before this point may still name any row that was alive then;
      // whoever does later sees it retired.
      sweep(slots.awaitTakers(MAX_WAITS) ? rowsNamedBySlots() : allRows(), now);
    } else if (interrupted) {
      return;
    }
    memory.setVolatile(RECYCLING_OFFSET, 0);
  }

  /** Before it looks for creators. */
  void announce() {
    memory.setVolatile(RECYCLING_OFFSET, PID);
  }

  private boolean anythingToDo(long now) {
    long linked = 0;
    int begun = rows.begun();
    for (int row = 0; row < begun; row++) {
      if (rows.isLive(row)) {
        if (isExpired(row, now) || !isLinked(row)) {
          return true;
        }
        linked += hasRing(row) ? 2 : 1;
      }
    }
    return linked != rows.used();
  }

  private boolean isLinked(int row) {
    long ref = rows.find(rows.word(row, ROW_KEY_HIGH), rows.word(row, ROW_KEY_LOW));
    return ref != 0 && AccountRef.row(ref) == row;
  }

  private boolean hasRing(int row) {
    return AccountSpec.shape(rows.word(row, ROW_KIND)) == AccountShape.ROLLING
        && rows.isReadable(rows.word(row, ROW_RING));
  }

  private boolean isExpired(int row, long now) {
    long settled = rows.word(row, ROW_SETTLED);
    boolean nothingHeld = rows.word(row, ROW_COMMITTED) == settled;
    long elapsed = clock.elapsed(now);
    return switch (AccountSpec.shape(rows.word(row, ROW_KIND))) {
      case CALENDAR, SPEND ->
          rows.word(row, ROW_WINDOW_END) < now - RETENTION_MILLIS
              && (!onlyRecorded || recorded.isUpToDate(row));
      case REFILL ->
          nothingHeld && accounts.resetsAtElapsed(rows.ref(row), now) < elapsed - IDLE_MILLIS;
      case ROLLING -> nothingHeld && isOver(row, elapsed - IDLE_MILLIS);
      case SESSION -> rows.word(row, ROW_MARK) < elapsed - rows.word(row, ROW_PERIOD);
    };
  }

  /** Whether a rolling window that went on until a moment had nothing in it. */
  private boolean isOver(int row, long elapsed) {
    return rows.word(row, ROW_MARK) + Rolling.STEPS + 1
        < Rolling.step(elapsed, rows.word(row, ROW_PERIOD));
  }

  private boolean waitForCreators() {
    for (int i = 0; i < MAX_SPINS; i++) {
      if (!slots.anyCreating()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private void retire(long now) {
    int begun = rows.begun();
    for (int row = 0; row < begun; row++) {
      if (rows.isLive(row) && isExpired(row, now)) {
        nextGeneration(row, 1);
      }
    }
  }

  /** Before it looks for slots that may take from the row. */
  void nextGeneration(int row, int by) {
    int word = rows.at(row, ROW_GENERATION);
    memory.setVolatile(word, memory.get(word) + by);
  }

  private BitSet rowsNamedBySlots() {
    BitSet named = new BitSet();
    for (int slot = 0; slot < slots.count(); slot++) {
      if (Slots.state(slots.control(slot)) != Slots.FREE) {
        for (int i = 0; i < ENTRIES; i++) {
          long entry = slots.entry(slot, i);
          if (AccountRef.phase(entry) != AccountRef.DONE) {
            named.set(AccountRef.row(entry));
          }
        }
      }
    }
    return named;
  }

  private BitSet allRows() {
    BitSet all = new BitSet();
    all.set(0, rows.begun());
    return all;
  }

  private void sweep(BitSet named, long now) {
    BitSet kept = new BitSet();
    BitSet dropped = new BitSet();
    for (int i = 0; i < rows.buckets(); i++) {
      if (memory.get(rows.bucket(i)) != 0) {
        sweepChain(rows.bucket(i), now, named, kept, dropped);
      }
    }
    int begun = rows.begun();
    BitSet held = rowsNamedBySlots();
    for (int row = 0; row < begun; row++) {
      if (rows.isLive(row) && !kept.get(row)) {
        rescueOrDrop(row, held, kept);
      }
    }
    // Where a page is damaged a row may be nobody's and named all the same: what is charged there
    // must not be another account's.
    rowsNamedBySlots().stream().filter(row -> row < begun).forEach(row -> keep(row, kept));
    if (!slots.slotless().awaitNone(MAX_WAITS)) {
      // Somebody may be changing one of those dropped just now, which no slot names.
      kept.set(0, begun);
    }
    listFree(kept, begun);
  }

  /**
   * Links past the rows that are retired, and cuts a chain off where it is damaged. A retired row
   * that a slot names, or that a call has used and let go of since it was looked at, gets its life
   * back: nobody can have made another for its key meanwhile. A row that was met before, kept or
   * not, is damage: the links lead round.
   */
  private void sweepChain(int bucket, long now, BitSet named, BitSet kept, BitSet dropped) {
    int word = bucket;
    long link = memory.get(word);
    while (link != 0) {
      int row = (int) (link - 1);
      if (!rows.isReadable(link - 1) || row >= rows.begun() || kept.get(row) || dropped.get(row)) {
        rows.damaged();
        memory.set(word, 0);
        return;
      }
      if (!rows.isLive(row) && (named.get(row) || !isExpired(row, now))) {
        nextGeneration(row, -1);
      }
      if (rows.isIntact(row)) {
        keep(row, kept);
        word = rows.at(row, ROW_NEXT);
      } else {
        if (rows.isLive(row)) {
          rows.damaged();
          nextGeneration(row, 1);
        }
        dropped.set(row);
        memory.set(word, rows.word(row, ROW_NEXT));
      }
      link = memory.get(word);
    }
  }

  private void keep(int row, BitSet kept) {
    kept.set(row);
    if (hasRing(row)) {
      kept.set((int) rows.word(row, ROW_RING));
    }
  }

  /**
   * A row outside of all chains: its creator died, and then it was never used; or its chain is
   * damaged, and then it is linked again. If it has a successor by now, that one is charged, once
   * no slot names the row any more.
   */
  private void rescueOrDrop(int row, BitSet held, BitSet kept) {
    long settled = rows.word(row, ROW_SETTLED);
    if (!rows.isIntact(row) || (rows.word(row, ROW_COMMITTED) == 0 && !held.get(row))) {
      nextGeneration(row, 1);
      return;
    }
    rows.damaged();
    long successor = rows.find(rows.word(row, ROW_KEY_HIGH), rows.word(row, ROW_KEY_LOW));
    if (successor != 0 && held.get(row)) {
      keep(row, kept);
      return;
    }
    if (successor != 0) {
      nextGeneration(row, 1);
      accounts.commit(
          memory.words(),
          successor,
          rows.offset(successor),
          Math.max(0, settled),
          Long.MAX_VALUE,
          clock.now());
      accounts.charge(successor, settled);
      return;
    }
    int bucket = rows.bucketOfRow(row);
    memory.set(rows.at(row, ROW_NEXT), memory.get(bucket));
    memory.set(bucket, row + 1L);
    keep(row, kept);
  }

  /** Nobody allocates meanwhile. The list is begun only when it is whole. */
  private void listFree(BitSet kept, int begun) {
    long head = memory.get(FREE_ROWS_OFFSET);
    memory.set(FREE_ROWS_OFFSET, Rows.changed(head, 0));
    int end = kept.length();
    memory.set(ROWS_BEGUN_OFFSET, Math.min(end, begun));
    long first = 0;
    for (int row = end - 1; row >= 0; row--) {
      if (!kept.get(row)) {
        memory.set(rows.at(row, ROW_NEXT), first);
        first = row + 1L;
      }
    }
    memory.set(FREE_ROWS_OFFSET, Rows.changed(head + (1L << 32), first));
    memory.setVolatile(ROWS_USED_OFFSET, kept.cardinality());
  }
}
