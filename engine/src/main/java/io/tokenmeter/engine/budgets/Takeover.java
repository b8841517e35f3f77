package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.AccountSpec;
import io.tokenmeter.engine.ledger.AccountState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What rows of a refilling bucket will take over with their next call from the ones that they had
 * under another limit. To look at: until then they are not there, and are not unused either.
 */
final class Takeover {
  private final RuleRows rule;
  private final Set<Long> earlier;

  /**
   * @param earlier hashes that the rows have under other limits
   */
  Takeover(RuleRows rule, Set<Long> earlier) {
    this.rule = rule;
    this.earlier = earlier;
  }

  /**
   * The rows to come, as they would be now.
   *
   * @param accounts all of the ledger
   * @param present labels of the rule's rows that are there
   */
  List<AccountState> rows(List<AccountState> accounts, Set<String> present, long now) {
    Map<String, Long> used = new HashMap<>();
    for (AccountState account : accounts) {
      if (earlier.contains(account.rule())
          && account.committed() > 0
          && !present.contains(account.label())
          && isOfThisRule(account.label())) {
        used.merge(account.label(), account.committed(), Math::max);
      }
    }
    return used.entrySet().stream()
        .map(
            row ->
                new AccountState(
                    rule.identity(), row.getKey(), full(row.getValue(), now), row.getValue(), 0))
        .toList();
  }

  /** Whether a label may be one of this rule as it is, if its selectors were the same. */
  private boolean isOfThisRule(String label) {
    String match = rule.matchText();
    List<String> per = rule.rule().per();
    if (per.isEmpty()) {
      return label.equals(match);
    }
    return label.startsWith(
        AccountSpec.cutLabel((match.isEmpty() ? "" : match + ",") + per.get(0) + "="));
  }

  /** When so much will have flowed in again, epoch ms. */
  private long full(long used, long now) {
    double periods = (double) used / Math.max(1, rule.rule().limit());
    return now + (long) Math.ceil(periods * rule.rule().window().length().toMillis());
  }
}
