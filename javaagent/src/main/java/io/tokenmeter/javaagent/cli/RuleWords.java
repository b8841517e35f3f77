package io.tokenmeter.javaagent.cli;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
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
    return rule.unit() == Budget.Unit.USD
        ? Amounts.usdInFull(rule.limit())
        : Amounts.of(rule.limit(), rule.unit());
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
    return switch (rule.window()) {
      case MINUTE -> "at once, refilled evenly over a minute";
      case DAY -> "a day (" + zone(rule) + ")";
      case MONTH -> "a calendar month (" + zone(rule) + ")";
    };
  }

  private static String zone(BudgetRule rule) {
    String id = rule.zone().getId();
    return id.equals("Z") ? "UTC" : id;
  }
}
