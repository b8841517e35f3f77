package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RefillTest {
  private static final BigInteger MINUTE = BigInteger.valueOf(60_000);

  @Test
  void flowed_anyRateAndTime_isTheFloorOfTheExactFigure() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      long rate = random.nextLong() >>> random.nextInt(26, 64);
      long elapsed = (long) (random.nextDouble() * (1L << random.nextInt(1, 40)));
      BigInteger exact =
          BigInteger.valueOf(rate).multiply(BigInteger.valueOf(elapsed)).divide(MINUTE);

      assertThat(Refill.flowed(rate, 60_000, 1_000, 1_000 + elapsed))
          .isEqualTo(exact.longValueExact());
    }
  }

  @Test
  void flowed_hugeRate_isInStepsAndNeverMoreThanExact() {
    Random random = new Random(8);
    for (int i = 0; i < 100_000; i++) {
      long rate = (random.nextLong() >>> 1) | 1L << random.nextInt(39, 63);
      int shift = Refill.shift(rate, 60_000);
      assertThat(rate >>> shift).isBetween(1L << 37, 1L << 38);
      long elapsed = (long) (random.nextDouble() * (1L << 40));
      BigInteger exact =
          BigInteger.valueOf(rate).multiply(BigInteger.valueOf(elapsed)).divide(MINUTE);
      BigInteger flowed =
          BigInteger.valueOf(Refill.flowed(rate, 60_000, 0, elapsed)).shiftLeft(shift);

      assertThat(flowed.signum()).isNotNegative();
      assertThat(flowed).isLessThanOrEqualTo(exact);
    }
  }

  @Test
  void flowed_beforeTheEpoch_isNothing() {
    assertThat(Refill.flowed(600, 60_000, 5_000, 4_000)).isZero();
  }

  @Test
  void steps_areRoundedUp() {
    assertThat(Refill.steps(5, 0)).isEqualTo(5);
    assertThat(Refill.steps(0, 3)).isZero();
    assertThat(Refill.steps(1, 3)).isEqualTo(1);
    assertThat(Refill.steps(8, 3)).isEqualTo(1);
    assertThat(Refill.steps(9, 3)).isEqualTo(2);
    assertThat(Refill.steps(Long.MAX_VALUE, 25)).isEqualTo(1L << 38);
  }

  @Test
  void flowedAt_isTheFirstMomentWhenAllHasFlowedIn() {
    Random random = new Random(9);
    for (int i = 0; i < 100_000; i++) {
      long rate = random.nextLong(1, 1L << random.nextInt(2, 38));
      long consumed = random.nextLong(1, rate * 100);
      long fullAt = Refill.flowedAt(rate, 60_000, 77, consumed);

      assertThat(Refill.flowed(rate, 60_000, 77, fullAt)).isGreaterThanOrEqualTo(consumed);
      assertThat(Refill.flowed(rate, 60_000, 77, fullAt - 1)).isLessThan(consumed);
    }
    assertThat(Refill.flowedAt(0, 60_000, 0, 1)).isEqualTo(Long.MAX_VALUE);
  }
}
