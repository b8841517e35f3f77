package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The budgets of one round: an organisation, its teams, their projects, their users, all hard. The
 * names are the round's, so that each round begins with full budgets.
 */
final class StressRules {
  static final int USERS = 12;
  static final String ORG = "org";
  static final String USER = "user";

  /** What a call holds at most. */
  static final int MOST_TOKENS = 2_000;

  private static final long ORG_LIMIT = 400_000;

  private StressRules() {}

  /**
   * @param variant reloads change a limit, and whether there is one more budget that only observes
   */
  static List<BudgetRule> of(int round, int variant) {
    List<BudgetRule> rules = new ArrayList<>();
    rules.add(rule(ORG + round, List.of(), ORG_LIMIT, Window.LIFETIME));
    rules.add(rule("team" + round, List.of("team"), ORG_LIMIT / (2 + variant % 2), Window.DAY));
    rules.add(
        rule(
            "project" + round,
            List.of("team", "project"),
            ORG_LIMIT / 4,
            Window.rolling(Duration.ofDays(1))));
    rules.add(rule(USER + round, List.of("user"), ORG_LIMIT / 10, Window.LIFETIME));
    if (variant % 3 == 0) {
      rules.add(
          BudgetRule.named("seen" + round)
              .limit(Budget.Unit.CALLS, 10)
              .window(Window.MINUTE)
              .hard(false)
              .build());
    }
    return rules;
  }

  /** The highest limit that any variant of a rule has. */
  static long highestLimit(String name) {
    if (name.startsWith("team")) {
      return ORG_LIMIT / 2;
    }
    if (name.startsWith("project")) {
      return ORG_LIMIT / 4;
    }
    return name.startsWith(USER) ? ORG_LIMIT / 10 : ORG_LIMIT;
  }

  private static BudgetRule rule(String name, List<String> per, long limit, Window window) {
    return BudgetRule.named(name).per(per).limit(Budget.Unit.TOKENS, limit).window(window).build();
  }
}
