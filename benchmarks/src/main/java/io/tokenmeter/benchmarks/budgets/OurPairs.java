package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetHold;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.budgets.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls of many users that reserve in the four levels organisation, team, project and user, and
 * then settle a little less.
 */
final class OurPairs implements Pairs {
  private static final long HELD = 1_000;
  private static final long USED = 900;

  private final Budgets budgets;
  private final BudgetHold hold;
  private final String[] users;
  private final boolean inTurn;
  private final Call call = new Call();
  private int next = 1;

  /**
   * @param users how many
   * @param inTurn whether they call in turn; otherwise at random
   */
  OurPairs(Budgets budgets, int users, boolean inTurn) {
    this.budgets = budgets;
    this.hold = budgets.newHold();
    this.inTurn = inTurn;
    this.users = new String[users];
    for (int i = 0; i < users; i++) {
      this.users[i] = "user-" + i;
    }
  }

  static List<BudgetRule> rules() {
    return List.of(rule("org"), rule("team"), rule("project"), rule("user"));
  }

  private static BudgetRule rule(String level) {
    return BudgetRule.named(level)
        .per(List.of(level))
        .limit(Budget.Unit.TOKENS, Long.MAX_VALUE / 2)
        .window(Window.MONTH)
        .build();
  }

  /** As a call's attribution is. */
  private static final class Call implements CallKeys {
    private String user = "";

    @Override
    public @Nullable String get(String key) {
      return switch (key) {
        case "org" -> "acme";
        case "team" -> "search";
        case "project" -> "ranking";
        case "user" -> user;
        default -> null;
      };
    }
  }

  @Override
  public void run(int calls) {
    for (int i = 0; i < calls; i++) {
      call.user = users[nextUser()];
      if (budgets.reserve(hold, HELD, 0, call) != null) {
        throw new IllegalStateException("a budget refused");
      }
      hold.settle(USED, 0);
    }
  }

  private int nextUser() {
    if (inTurn) {
      next = next + 1 < users.length ? next + 1 : 0;
      return next;
    }
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    return (next >>> 1) % users.length;
  }
}
