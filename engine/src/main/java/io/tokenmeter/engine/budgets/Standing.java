package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.AccountState;
import java.time.Instant;

/** Budgets as they stand, for people and for refusals. */
final class Standing {
  private Standing() {}

  /**
   * A row that nothing was taken from yet.
   *
   * @param scope as the row's label will be
   */
  static Budget unused(RuleRows rule, String scope, long now) {
    long raised = rule.raiseOf(scope, now);
    long most = Raise.add(rule.rule().capacity(), raised);
    long remaining = Raise.add(most, rule.grantRoomOf(scope, now));
    long limit = Raise.add(rule.rule().limit(), raised);
    return budget(rule.rule(), scope, limit, 0, 0, remaining, rule.resetsAt(now));
  }

  static Budget of(RuleRows rule, AccountState account, long now) {
    long raised = rule.raiseOf(account.label(), now);
    return budget(
        rule.rule(),
        account.label(),
        Raise.add(rule.rule().limit(), raised),
        account.settled(),
        account.held(),
        Raise.add(
            Raise.add(rule.rule().capacity(), raised) - account.committed(),
            rule.grantRoomOf(account.label(), now)),
        account.windowEnd());
  }

  private static Budget budget(
      BudgetRule rule,
      String scope,
      long limit,
      long used,
      long reserved,
      long remaining,
      long resetsAt) {
    return new Budget(
        rule.name(),
        scope,
        rule.unit(),
        rule.hard(),
        rule.window().name(),
        limit,
        used,
        reserved,
        remaining,
        Instant.ofEpochMilli(resetsAt));
  }

  static Budget withoutRoom(RuleRows rule, CallKeys keys, long now) {
    String scope = rule.scope(keys) + " (the ledger is full)";
    return budget(rule.rule(), scope, rule.rule().limit(), 0, 0, 0, rule.resetsAt(now));
  }
}
