package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Takes what is left, in a call that began before the clock was set back. */
final class TakeUpToTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long DOLLAR = 1_000_000_000L;

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock, new Sizes(16, 16, 1));

  @ParameterizedTest
  @EnumSource(names = {"REFILL", "ROLLING"})
  void takeUpTo_clockIsSetBackMeanwhile_takesWhatIsThereAtOnce(AccountShape shape) {
    AccountSpec spec =
        shape == AccountShape.REFILL
            ? AccountSpec.refill(100 * DOLLAR, HOUR_MILLIS, 1, AccountUnit.NANO_USD, "")
            : AccountSpec.rolling(HOUR_MILLIS, 1, AccountUnit.NANO_USD, "");
    long ref = BareLedger.create(ledger, 1, spec);
    BareLedger.hold(ledger, ref, 60 * DOLLAR).settle(0, 60 * DOLLAR);
    LedgerHold hold = ledger.begin(ledger.now());
    clock.advance(Duration.ofHours(-24));
    ledger.now();

    long taken =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20), () -> hold.takeUpTo(ref, 90 * DOLLAR, 100 * DOLLAR));

    assertThat(taken).isBetween(40 * DOLLAR, 41 * DOLLAR);
  }
}
