package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import java.math.BigDecimal;
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
    String scope = budget.scope().isEmpty() ? "" : " (" + budget.scope() + ")";
    return "tokenmeter: budget '"
        + budget.name()
        + "'"
        + scope
        + " refused this call before it was sent: it may need "
        + amount(budget.unit(), requested)
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
