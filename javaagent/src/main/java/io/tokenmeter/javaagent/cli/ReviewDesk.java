package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.StateDirectory;
import io.tokenmeter.engine.review.Review;
import java.io.IOException;
import java.time.InstantSource;
import java.util.stream.Collectors;

/** Where a command records a decision: the audit file beside the ledger that it tells of it. */
final class ReviewDesk implements AutoCloseable {
  private final Configuration configuration;
  private final Ledger ledger;
  private final Review review;

  private ReviewDesk(Configuration configuration, InstantSource clock) throws IOException {
    this.configuration = configuration;
    if (configuration.ledgerGroup().isPresent()) {
      StateDirectory.share(configuration.home(), configuration.ledgerGroup().get());
    }
    this.ledger = Ledger.open(configuration.home(), clock);
    this.review = new Review(configuration.home(), ledger, clock);
  }

  static ReviewDesk open(Surroundings surroundings) throws Exception {
    return new ReviewDesk(surroundings.configuration(), surroundings.clock());
  }

  Review review() {
    return review;
  }

  /**
   * @throws IOException if no budget has the name; says which there are
   */
  BudgetRule rule(String name) throws IOException {
    return configuration.budgets().rules().stream()
        .filter(rule -> rule.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "there is no budget '%s' in %s; %s"
                        .formatted(name, configuration.source(), others())));
  }

  private String others() {
    String names =
        configuration.budgets().rules().stream()
            .map(BudgetRule::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "it has none: state one under budgets.rules" : "there are: " + names;
  }

  @Override
  public void close() {
    ledger.close();
  }
}
