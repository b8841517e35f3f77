package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Rows are taken back while calls are about to take from them. An intent has no fence of its own:
 * it is the claim of the slot that the recycler waits for.
 */
final class ClaimedSlotTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4);
  private static final long LIMIT = 100;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private PausingMemory memory = freshMemory();
  private Ledger ledger = over(memory);

  private static PausingMemory freshMemory() {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    return new PausingMemory(words);
  }

  private Ledger over(Memory words) {
    return Ledger.over(new LedgerFile.Opened(words, SIZES, Growth.NONE), clock);
  }

  @Test
  void recycle_slotWasClaimedWhileTheRowWasAlive_leavesTheRowToIt() {
    long ref = accountThatIsOver();
    LedgerHold claimed = ledger.begin(ledger.now());

    recycle();

    assertThat(claimed.take(ref, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    claimed.complete();
    recycle();
    assertThat(ledger.isCurrent(ref)).as("named by a slot that holds it").isTrue();
    claimed.settle(5, 0);
    assertThat(ledger.settled(ref)).isEqualTo(15);
  }

  @Test
  void recycle_slotIsClaimedMeanwhile_leavesTheRowIfItWasAliveThen() {
    boolean claimedAlive = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = accountThatIsOver();
      LedgerHold claimed = ledger.newHold();
      boolean[] alive = {false};
      memory.after(
          accesses,
          () -> {
            claimed.begin(ledger.now());
            alive[0] = ledger.isCurrent(ref);
          });
      recycle();
      over = memory.stop();

      if (!over && alive[0]) {
        claimedAlive = true;
        assertThat(claimed.take(ref, 5, LIMIT, false))
            .as("claimed after %d accesses", accesses)
            .isEqualTo(LedgerHold.Taken.WITHIN);
      }
    }
    assertThat(claimedAlive).isTrue();
    assertThat(ledger.rows().used()).as("where nothing was claimed").isZero();
  }

  @Test
  void recycle_nobodyIsAboutToTake_takesTheRowBackFromWhoComesLater() {
    long ref = accountThatIsOver();
    LedgerHold other = ledger.begin(ledger.now());
    other.complete();

    recycle();

    assertThat(ledger.rows().used()).isZero();
    LedgerHold late = ledger.begin(ledger.now());
    assertThat(late.take(ref, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.GONE);
    late.release();
    other.release();
  }

  @Test
  void recycle_aCreatorWaitsForIt_doesNotWaitForTheCreator() throws Exception {
    long ref = accountThatIsOver();
    ledger.memory().setVolatile(LedgerDescriptor.RECYCLING_OFFSET, 1);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Long> created = pool.submit(() -> create(2, Long.MAX_VALUE));
      while (!anyIn(Slots.WAITING) && !created.isDone()) {
        Thread.onSpinWait();
      }
      recycle();

      assertThat(ledger.isCurrent(ref)).isFalse();
      assertThat(created.get()).isNotZero();
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean anyIn(int state) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) == state) {
        return true;
      }
    }
    return false;
  }

  /** With 10 settled in it. */
  private long accountThatIsOver() {
    long ref = create(1, clock.millis() + 1_000);
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, 10, LIMIT, false);
    hold.complete();
    hold.settle(10, 0);
    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
    return ref;
  }

  private long create(long key, long windowEnd) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      AccountSpec spec = AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, "");
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }

  private void recycle() {
    new Recycler(
            ledger.memory(),
            ledger.rows(),
            ledger.slots(),
            ledger.accounts(),
            new ClockGuard(ledger.memory(), clock))
        .recycle();
  }
}
