package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dead are recovered while the living go on debiting the same account. */
final class RecoveryUnderLoadTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final int DEAD = 2;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 9, 10, 11, 12, 13, 14})
  void endSlotsOf_othersDebitTheRow_losesNothingOfTheirs(int writesBeforeDeath) throws Exception {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    Ledger ledger =
        Ledger.over(new LedgerFile.Opened(new Memory(words), SIZES, Growth.NONE), clock);
    long ref = create(ledger);
    long dead = dieAt(words, writesBeforeDeath, ref);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Future<Long> one = pool.submit(() -> work(ledger, ref, 1));
      Future<Long> other = pool.submit(() -> work(ledger, ref, 2));
      int ended = 0;
      while (ended == 0) {
        ended = recover(words);
      }
      long living = one.get() + other.get();

      assertThat(ended).isEqualTo(1);
      assertThat(ledger.state(ref).held()).isZero();
      assertThat(ledger.state(ref).settled() - living).isIn(0L, dead);
    } finally {
      pool.shutdownNow();
    }
  }

  private static long create(Ledger ledger) {
    LedgerHold hold = ledger.begin(ledger.now());
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, 1, AccountUnit.TOKENS, "");
    long ref = hold.create(1, 1, spec, false);
    hold.release();
    return ref;
  }

  /** Leaves a slot behind that says it belongs to a dead participant. */
  private long dieAt(ByteBuffer words, int writes, long ref) {
    Memory memory = new CrashingMemory(words, writes);
    Ledger victim = Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);
    try {
      LedgerHold hold = victim.begin(victim.now());
      hold.take(ref, 1_000_000_000, Long.MAX_VALUE, false);
      hold.complete();
      hold.settle(700_000_000, 0);
      throw new AssertionError("did not die within " + writes + " writes");
    } catch (CrashPoint.Crash crash) {
      Memory plain = new Memory(words);
      for (int slot = 0; slot < SIZES.slots(); slot++) {
        int at = SIZES.slotsOffset() + slot * LedgerDescriptor.SLOT_STRIDE;
        if (Slots.state(plain.get(at)) != Slots.FREE) {
          plain.set(at, plain.get(at) | DEAD << 8);
        }
      }
    }
    return 700_000_000;
  }

  private static long work(Ledger ledger, long ref, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long settled = 0;
    for (int i = 0; i < 20_000; i++) {
      LedgerHold hold = ledger.begin(ledger.now());
      hold.take(ref, random.nextInt(50), Long.MAX_VALUE, false);
      hold.complete();
      long actual = random.nextInt(60);
      hold.settle(actual, 0);
      settled += actual;
    }
    return settled;
  }

  private int recover(ByteBuffer words) {
    Memory memory = new Memory(words);
    Rows rows = new Rows(memory, SIZES);
    ClockGuard guard = new ClockGuard(memory, clock);
    Accounts accounts = new Accounts(memory, rows, guard);
    Slots slots = new Slots(memory, SIZES, rows);
    BitSet dead = new BitSet();
    dead.set(DEAD);
    return new Recovery(memory, rows, slots, accounts).endSlotsOf(dead);
  }
}
