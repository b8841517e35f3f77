package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.BudgetRule;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.stream.Collectors;

/** What becomes of a call that a budget cannot pay, in words. */
final class ActionWords {
  private ActionWords() {}

  /** Goes on after "A call that does not fit". */
  static String of(BudgetRule rule) {
    return of(rule.action())
        + (rule.cutoff() ? "; a stream that it cannot pay on is ended early" : "");
  }

  private static String of(Action action) {
    if (action instanceof Action.Throttle throttle) {
      return "waits for at most " + seconds(throttle.maxWait());
    }
    if (action instanceof Action.Shrink shrink) {
      return "gets a smaller limit to its output, but not below %d tokens"
          .formatted(shrink.minOutput());
    }
    if (action instanceof Action.Downgrade downgrade) {
      return "goes to a cheaper model (" + models(downgrade) + ")";
    }
    if (action instanceof Action.RequireApproval) {
      return "is refused and not sent until more is approved";
    }
    return action instanceof Action.Observe
        ? "is sent all the same, and reported"
        : "is refused and not sent";
  }

  private static String models(Action.Downgrade downgrade) {
    return downgrade.models().entrySet().stream()
        .map(
            entry ->
                entry.getKey().isEmpty()
                    ? entry.getValue()
                    : entry.getKey() + "* to " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }
}
