package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A hold begins anew only when whoever ended it is through with it. */
final class ReusedHoldTest {
  private static final Sizes SIZES = new Sizes(16, 4, 1);

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private final PausingMemory memory = freshMemory();
  private final Ledger ledger =
      Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);
  private final long now = ledger.now();

  private static PausingMemory freshMemory() {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    return new PausingMemory(words);
  }

  private long account() {
    LedgerHold hold = ledger.begin(now);
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, 1, AccountUnit.TOKENS, "");
    long ref = hold.create(1, 1, spec, false);
    hold.release();
    return ref;
  }

  @Test
  void begin_anotherThreadStillEndsIt_isRejected() {
    long ref = account();
    LedgerHold hold = ledger.newHold();
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      hold.begin(now);
      hold.take(ref, 10, 1_000_000, false);
      hold.complete();
      boolean[] begun = {false};
      memory.after(accesses, () -> begun[0] = begins(hold));
      hold.settle(7, 0);
      over = memory.stop();

      assertThat(begun[0]).as("after %d accesses of its end", accesses).isFalse();
      assertThat(ledger.state(ref).settled()).isEqualTo(7 * (accesses + 1));
      assertThat(ledger.state(ref).held()).isZero();
    }
  }

  private boolean begins(LedgerHold hold) {
    try {
      hold.begin(now);
      return true;
    } catch (IllegalStateException hasNotEnded) {
      return false;
    }
  }

  @Test
  void extend_againAfterItExpired_isStillFalse() {
    long ref = account();
    LedgerHold hold = ledger.begin(now);
    hold.take(ref, 10, 100, false);
    hold.complete();
    clock.advance(Duration.ofHours(2));
    ledger.maintain();

    assertThat(hold.extend(ledger.now())).isFalse();
    assertThat(hold.extend(ledger.now())).isFalse();
  }

  @Test
  void takeUpTo_limitIsNoWholeStepOfAFastBucket_doesNotTryUnitByUnit() {
    long rate = (1L << 58) + 1_000_001;
    LedgerHold creator = ledger.begin(now);
    AccountSpec spec = AccountSpec.refill(rate, 86_400_000, 2, AccountUnit.NANO_USD, "");
    long ref = creator.create(2, 2, spec, false);
    creator.release();
    LedgerHold hold = ledger.begin(now);
    memory.after(10_000, () -> {});

    long taken = hold.takeUpTo(ref, Long.MAX_VALUE / 2, rate);

    assertThat(memory.stop()).as("few accesses").isTrue();
    assertThat(taken).isBetween(rate - (1L << 21), rate);
    hold.release();
  }
}
