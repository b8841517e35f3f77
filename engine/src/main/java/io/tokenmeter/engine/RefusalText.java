package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** What a refusal says to people: which budget, its limit, what is left, when it resets. */
final class RefusalText {
  private static final int NANO_DIGITS = 9;
  private static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  private RefusalText() {}

  static String of(Budget budget, long requested) {
    return start(budget)
        + " refused this call before it was sent: it may need "
        + rest(budget, requested);
  }

  /** With what to do about it. */
  static String approval(Budget budget, long requested) {
    return start(budget)
        + " refused this call before it was sent, as it needs an approval: it may need "
        + rest(budget, requested)
        + "; to ask for more, run: java -jar tokenmeter.jar request "
        + budget.name();
  }

  static String waited(Budget budget, long requested, Duration waited, Duration maxWait) {
    String reason =
        waited.isZero()
            ? " refused this call before it was sent, as waiting "
                + seconds(maxWait)
                + " would not help: it may need "
            : " refused this call before it was sent, after it had waited "
                + seconds(waited)
                + " of at most "
                + seconds(maxWait)
                + ": it may need ";
    return start(budget) + reason + rest(budget, requested);
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  private static String start(Budget budget) {
    String scope = budget.scope().isEmpty() ? "" : " (" + budget.scope() + ")";
    return "tokenmeter: budget '" + budget.name() + "'" + scope;
  }

  private static String rest(Budget budget, long requested) {
    return amount(budget.unit(), requested)
        + ", but only "
        + amount(budget.unit(), Math.max(0, budget.remaining()))
        + " of "
        + amount(budget.unit(), budget.limit())
        + " per "
        + budget.window()
        + " are left; it "
        + resets(budget.resetsAt());
  }

  private static String resets(Instant at) {
    return at.equals(NEVER)
        ? "does not reset"
        : "resets at "
            + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                at.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
  }

  static String unpriced(String provider, String model) {
    return "tokenmeter: refused before it was sent: model '"
        + model
        + "' of "
        + provider
        + " has no price, and a hard USD budget applies to this call; state its price under"
        + " prices.overrides, or set prices.unknown-model";
  }

  static String failClosed() {
    return "tokenmeter: refused before it was sent: the meter failed and fail-closed is set; see the"
        + " application's log for the fault";
  }

  private static String amount(Budget.Unit unit, long amount) {
    return switch (unit) {
      case TOKENS -> amount + " tokens";
      case USD ->
          BigDecimal.valueOf(amount, NANO_DIGITS).stripTrailingZeros().toPlainString() + " USD";
      case CALLS -> amount == 1 ? "1 call" : amount + " calls";
    };
  }
}
