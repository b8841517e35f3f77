package io.tokenmeter.javaagent.cli;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Window;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A budget rule as a sentence. */
final class RuleWords {
  private RuleWords() {}

  static String of(BudgetRule rule) {
    return "%s: %s may %s %s %s. A call that does not fit is %s."
        .formatted(
            rule.name(),
            whose(rule),
            verb(rule.unit()),
            "at most " + limit(rule),
            window(rule),
            rule.hard() ? "refused and not sent" : "sent all the same, and reported");
  }

  private static String verb(Budget.Unit unit) {
    return switch (unit) {
      case TOKENS -> "use";
      case USD -> "cost";
      case CALLS -> "be";
    };
  }

  private static String limit(BudgetRule rule) {
    return amount(rule.capacity(), rule.unit());
  }

  private static String amount(long amount, Budget.Unit unit) {
    return unit == Budget.Unit.USD ? Amounts.usdInFull(amount) : Amounts.of(amount, unit);
  }

  private static String whose(BudgetRule rule) {
    String calls = rule.match().isEmpty() ? "all calls" : "calls with " + matched(rule.match());
    if (rule.per().isEmpty()) {
      return calls + " together";
    }
    return calls + ", for each " + String.join(" and ", rule.per()) + " apart,";
  }

  private static String matched(Map<String, String> match) {
    return new TreeMap<>(match)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(" and "));
  }

  private static String window(BudgetRule rule) {
    Window window = rule.window();
    return switch (window.kind()) {
      case REFILL -> "at once, refilled " + refill(rule);
      case HOUR -> "an hour (" + zone(rule) + ")";
      case DAY, WEEK, QUARTER, YEAR -> "a " + window + " (" + zone(rule) + ")";
      case MONTH -> "a calendar month (" + zone(rule) + ")";
      case ROLLING -> "in any " + Amounts.duration(window.length());
      case LIFETIME -> "in all";
      case SESSION ->
          "a session, which is over after " + Amounts.duration(window.length()) + " without a call";
    };
  }

  private static String refill(BudgetRule rule) {
    String period =
        switch ((int) rule.window().length().toSeconds()) {
          case 1 -> "a second";
          case 60 -> "a minute";
          case 3600 -> "an hour";
          default -> "a day";
        };
    return rule.burst() == 0
        ? "evenly over " + period
        : "by " + amount(rule.limit(), rule.unit()) + " " + period;
  }

  private static String zone(BudgetRule rule) {
    String id = rule.zone().getId();
    return id.equals("Z") ? "UTC" : id;
  }
}
