package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A process dies before each of its writes in turn; whoever recovers it dies before each of its
 * own; the next one finishes. Each time the accounts hold what the living hold, and what the dead
 * charged either everywhere or nowhere.
 */
final class CrashPointTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final int VICTIM = 0;
  private static final int SURVIVOR = 1;
  private static final long HELD = 40;
  private static final long SURVIVOR_HELD = 11;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @Test
  void settleLess_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(charge(15, 3), 15, 3);
  }

  @Test
  void settleMore_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(charge(95, 77), 95, 77);
  }

  @Test
  void settleTheSame_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(charge(HELD, HELD), HELD, HELD);
  }

  @Test
  void release_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(
        ledger -> {
          LedgerHold hold = hold(ledger, Long.MAX_VALUE);
          hold.complete();
          hold.release();
        },
        0,
        0);
  }

  @Test
  void undoneReserve_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(ledger -> hold(ledger, 1).release(), 0, 0);
  }

  /** The slot still says what the call before was charged. */
  @Test
  void expireInASlotThatWasUsed_crashAnywhere_isRecoveredExactly() {
    crashEverywhere(
        ledger -> {
          charge(95, 77).accept(ledger);
          hold(ledger, Long.MAX_VALUE).complete();
          ledger.close();
        },
        95,
        77);
  }

  /** What no slot tells of is settled before it is committed: nothing seems to be held. */
  @Test
  void settleWithoutASlot_crashAnywhere_leavesItSpent() {
    for (long actual : new long[] {15, 40, 95}) {
      int writes = 0;
      for (boolean crashed = true; crashed; writes++) {
        ByteBuffer words = freshWords();
        Ledger ledger = Ledger.over(opened(new Memory(words)), clock);
        hold(ledger, Long.MAX_VALUE).release();
        for (int slot = 0; slot < SIZES.slots(); slot++) {
          ledger.slots().claim(SURVIVOR, Long.MAX_VALUE, slot);
        }
        long ref = ledger.find(1, 1);
        crashed =
            crashes(
                words,
                writes,
                victim -> {
                  LedgerHold hold = victim.begin(victim.now());
                  hold.take(ref, HELD, Long.MAX_VALUE, false);
                  hold.complete();
                  hold.settle(actual, 0);
                });
        AccountState state = ledger.state(ref);
        String point = "actual %d, write %d".formatted(actual, writes);
        assertThat(state.held()).as(point).isZero();
        assertThat(state.settled()).as(point).isIn(0L, actual, HELD);
      }
      assertThat(writes).isGreaterThan(3);
    }
  }

  /**
   * Two threads of the dead were in the middle of a step at one row, where a third one held
   * something: what each of them charged is there once, wherever their recovery dies.
   */
  @Test
  void settleByTwoThreads_crashAnywhere_eachIsRecoveredAsIfAlone() {
    crashBothEverywhere(chargeOneRow(40, 15), chargeOneRow(64, 7));
    crashBothEverywhere(chargeOneRow(64, 7), chargeOneRow(40, 15));
  }

  private void crashBothEverywhere(Consumer<Ledger> one, Consumer<Ledger> other) {
    int ofOne = writes(one);
    int ofOther = writes(other);
    for (int i = ofOne - SETTLING_WRITES; i <= ofOne; i++) {
      long aloneOne = settledAfter(one, i, other, 0, Integer.MAX_VALUE);
      for (int j = ofOther - SETTLING_WRITES; j <= ofOther; j++) {
        long alone = aloneOne + settledAfter(other, j, one, 0, Integer.MAX_VALUE);
        for (int k = 0; k <= RECOVERY_WRITES; k++) {
          assertThat(settledAfter(one, i, other, j, k))
              .as("writes %d and %d, recovery's write %d", i, j, k)
              .isEqualTo(alone);
        }
      }
    }
  }

  /** More than an end takes, and than the recovery of two does. */
  private static final int SETTLING_WRITES = 9;

  private static final int RECOVERY_WRITES = 20;

  private static Consumer<Ledger> chargeOneRow(long held, long actual) {
    return ledger -> {
      LedgerHold hold = ledger.begin(ledger.now());
      hold.take(account(hold, 1, false), held, Long.MAX_VALUE, false);
      hold.complete();
      hold.settle(actual, 0);
    };
  }

  private static void holdOneRow(Ledger ledger) {
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(account(hold, 1, false), 29, Long.MAX_VALUE, false);
    hold.complete();
  }

  private int writes(Consumer<Ledger> work) {
    int writes = 0;
    ByteBuffer words = freshWords();
    holdAsSurvivor(Ledger.over(opened(new Memory(words)), clock));
    while (crashes(words, writes, work)) {
      writes++;
      words = freshWords();
      holdAsSurvivor(Ledger.over(opened(new Memory(words)), clock));
    }
    return writes;
  }

  private long settledAfter(Consumer<Ledger> one, int i, Consumer<Ledger> other, int j, int k) {
    ByteBuffer words = freshWords();
    Ledger survivor = Ledger.over(opened(new Memory(words)), clock);
    holdAsSurvivor(survivor);
    crashes(words, i, one);
    crashes(words, Long.MAX_VALUE, CrashPointTest::holdOneRow);
    crashes(words, j, other);
    if (recoveryCrashes(words, k)) {
      assertThat(recoveryCrashes(words, Long.MAX_VALUE)).isFalse();
    }
    AccountState state = states(survivor).get(0);
    assertThat(state.held()).isEqualTo(SURVIVOR_HELD);
    return state.settled();
  }

  /** What was refused is in nobody's way when somebody else's account is recovered. */
  @Test
  void recover_livingOneWasRefusedThere_doesNotTakeItForHalfDone() {
    ByteBuffer words = freshWords();
    Ledger survivor = Ledger.over(opened(new Memory(words)), clock);
    holdAsSurvivor(survivor);
    assertThat(crashes(words, Long.MAX_VALUE, dead -> hold(dead, Long.MAX_VALUE))).isFalse();
    LedgerHold living = survivor.begin(survivor.now());
    assertThat(living.take(survivor.find(1, 1), 1, 0, false)).isEqualTo(LedgerHold.Taken.EXCEEDED);
    int claimed = 0;
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      int at = SIZES.slotsOffset() + slot * LedgerDescriptor.SLOT_STRIDE;
      if (Slots.state(survivor.memory().get(at)) == Slots.CLAIMED && ++claimed == 2) {
        survivor.memory().set(at, survivor.memory().get(at) | SURVIVOR << 8);
      }
    }
    assertThat(recoveryCrashes(words, Long.MAX_VALUE)).isFalse();
    assertThat(states(survivor).get(0).held()).isEqualTo(SURVIVOR_HELD);
  }

  private static Consumer<Ledger> charge(long tokens, long nanoUsd) {
    return ledger -> {
      LedgerHold hold = hold(ledger, Long.MAX_VALUE);
      hold.complete();
      hold.settle(tokens, nanoUsd);
    };
  }

  /** Holds in two calendar accounts and in one more with a limit of its own. */
  private static LedgerHold hold(Ledger ledger, long lastLimit) {
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(account(hold, 1, false), HELD, Long.MAX_VALUE, false);
    hold.take(account(hold, 2, true), HELD, Long.MAX_VALUE, true);
    hold.take(account(hold, 3, false), HELD, lastLimit, false);
    return hold;
  }

  private static long account(LedgerHold hold, long key, boolean money) {
    return hold.create(key, key, spec(key, money), false);
  }

  private static AccountSpec spec(long key, boolean money) {
    AccountUnit unit = money ? AccountUnit.NANO_USD : AccountUnit.TOKENS;
    return AccountSpec.until(Long.MAX_VALUE - 1, key, unit, "a" + key);
  }

  private void crashEverywhere(Consumer<Ledger> work, long tokens, long nanoUsd) {
    boolean charged = false;
    boolean uncharged = false;
    int victimWrites = 0;
    for (boolean crashed = true; crashed; victimWrites++) {
      int recoveryWrites = 0;
      for (boolean recoveryCrashed = true; recoveryCrashed; recoveryWrites++) {
        ByteBuffer words = freshWords();
        Ledger survivor = Ledger.over(opened(new Memory(words)), clock);
        holdAsSurvivor(survivor);
        crashed = crashes(words, victimWrites, work);
        recoveryCrashed = recoveryCrashes(words, recoveryWrites);
        if (recoveryCrashed) {
          assertThat(recoveryCrashes(words, Long.MAX_VALUE)).isFalse();
        }

        List<AccountState> accounts = states(survivor);
        long settled = accounts.isEmpty() ? 0 : accounts.get(0).settled();
        String point =
            "victim's write %d, recovery's write %d".formatted(victimWrites, recoveryWrites);
        assertThat(settled).as(point).isIn(0L, tokens);
        charged |= settled > 0;
        uncharged |= settled == 0;
        for (AccountState account : accounts) {
          long actual = account.rule() == 2 ? nanoUsd : tokens;
          assertThat(account.settled()).as(point).isEqualTo(settled == 0 ? 0 : actual);
          assertThat(account.held()).as(point).isEqualTo(account.rule() == 3 ? 0 : SURVIVOR_HELD);
        }
        assertThat(usedSlots(survivor)).as(point).isEqualTo(1);
      }
    }
    assertThat(victimWrites).isGreaterThan(20);
    assertThat(uncharged).isTrue();
    assertThat(charged).isEqualTo(tokens > 0);
  }

  private static ByteBuffer freshWords() {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    return words;
  }

  private static LedgerFile.Opened opened(Memory memory) {
    return new LedgerFile.Opened(memory, SIZES, Growth.NONE);
  }

  private boolean crashes(ByteBuffer words, long writes, Consumer<Ledger> work) {
    try {
      work.accept(Ledger.over(opened(new CrashingMemory(words, writes)), clock));
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  /** The survivor is another participant: its slot is made to say so. */
  private static void holdAsSurvivor(Ledger survivor) {
    LedgerHold hold = survivor.begin(survivor.now());
    hold.take(account(hold, 1, false), SURVIVOR_HELD, Long.MAX_VALUE, false);
    hold.take(account(hold, 2, true), SURVIVOR_HELD, Long.MAX_VALUE, false);
    hold.complete();
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      if (Slots.state(survivor.slots().control(slot)) == Slots.HELD) {
        int at = SIZES.slotsOffset() + slot * LedgerDescriptor.SLOT_STRIDE;
        survivor.memory().set(at, survivor.memory().get(at) | SURVIVOR << 8);
      }
    }
  }

  private boolean recoveryCrashes(ByteBuffer words, long writes) {
    Memory memory = new CrashingMemory(words, writes);
    Rows rows = new Rows(memory, SIZES);
    Slots slots = new Slots(memory, SIZES, rows);
    ClockGuard guard = new ClockGuard(new Memory(words), clock);
    BitSet dead = new BitSet();
    dead.set(VICTIM);
    try {
      int ended =
          new Recovery(memory, rows, slots, new Accounts(memory, rows, guard)).endSlotsOf(dead);
      assertThat(ended).isNotNegative();
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  private static List<AccountState> states(Ledger ledger) {
    List<AccountState> states = new ArrayList<>();
    for (long key = 1; key <= 3; key++) {
      long ref = ledger.find(key, key);
      if (ref != 0) {
        states.add(ledger.state(ref));
      }
    }
    return states;
  }

  private static int usedSlots(Ledger ledger) {
    int used = 0;
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) != Slots.FREE) {
        used++;
      }
    }
    return used;
  }
}
