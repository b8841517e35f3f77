package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANTS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_SLOTLESS;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_STRIDE;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that change a row which no slot of theirs names: all slots were taken, or they only mark
 * the row. Each counts itself in its participant's entry, then looks whether the row is current,
 * changes it, and counts itself out. Counting is atomic, as retiring a row is volatile: so either
 * the thread sees the row retired, or whoever retired it sees the thread and waits for it.
 *
 * <p>Who has left has no entry to count in. What a call charges after its ledger was closed is not
 * guarded: it errs if its row, unused for a day (a bucket for ten minutes), is taken back and
 * becomes another's between two of its steps.
 */
final class SlotlessChanges {
  private static final long WAIT_NANOS = 50_000;

  private final Memory memory;
  private final int participants;
  private boolean left;

  SlotlessChanges(Memory memory, Sizes sizes) {
    this.memory = memory;
    this.participants = sizes.participants();
  }

  /**
   * To be called before a row is looked at.
   *
   * @return whether {@link #end} has to be called afterwards
   */
  synchronized boolean begin(int participant) {
    if (!left) {
      memory.getAndAdd(at(participant), 1);
    }
    return !left;
  }

  void end(int participant) {
    memory.getAndAdd(at(participant), -1);
  }

  /**
   * Whether none of the participant's threads is in here; from then on none is counted. Only where
   * each of them is of this ledger.
   */
  synchronized boolean leave(int participant) {
    left = !isCounting(participant);
    return left;
  }

  /**
   * Waits until there was, for each participant, a moment at which it changed nothing. Whoever
   * begins later sees what the caller has written before.
   *
   * @param most waits, of 50 us each or somewhat longer
   * @return false if there was none for so long
   */
  boolean awaitNone(int most) {
    int waits = 0;
    for (int participant = 0; participant < participants; participant++) {
      while (isCounting(participant)) {
        if (waits++ >= most) {
          return false;
        }
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
    return true;
  }

  /** Whether any of a participant's threads is in here. False where there is no such one. */
  boolean isCounting(int participant) {
    return participant < participants && memory.getVolatile(at(participant)) != 0;
  }

  /** Who has a thread in here. */
  BitSet counting() {
    BitSet counting = new BitSet();
    for (int participant = 0; participant < participants; participant++) {
      counting.set(participant, isCounting(participant));
    }
    return counting;
  }

  /** None of the threads of these is alive. */
  void forget(BitSet dead) {
    dead.stream()
        .filter(participant -> participant < participants)
        .forEach(participant -> memory.setVolatile(at(participant), 0));
  }

  private static int at(int participant) {
    return PARTICIPANTS_OFFSET + participant * PARTICIPANT_STRIDE + PARTICIPANT_SLOTLESS;
  }
}
