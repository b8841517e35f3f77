package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.review.Review;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an override is to be. */
final class AskOptions {
  @Parameters(paramLabel = "BUDGET", description = "The budget's name.")
  private String budget = "";

  @Option(
      names = "--amount",
      required = true,
      paramLabel = "AMOUNT",
      description = "Added to the limit, such as 5USD or 200ktokens.")
  private BudgetAmount amount = BudgetAmount.parse("0 USD");

  @Option(
      names = "--for",
      required = true,
      paramLabel = "TIME",
      description = "How long, such as 30m, 2h or 3d.")
  private Duration length = Duration.ZERO;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record.")
  private String reason = "";

  @Option(
      names = "--scope",
      paramLabel = "KEY=VALUE",
      description = "Of a budget that is split by 'per', whose: a value for each key.")
  private Map<String, String> scope = new LinkedHashMap<>();

  String budget() {
    return budget;
  }

  Review.Ask about(BudgetRule rule) {
    return new Review.Ask(rule, scope, amount, length, reason);
  }

  /** Such as {@code 5 USD more on search-month for 2 h 0 min}. */
  String words() {
    return "%s more on %s for %s".formatted(amount, budget, Amounts.duration(length));
  }
}
