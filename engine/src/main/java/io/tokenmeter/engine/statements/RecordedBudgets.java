package io.tokenmeter.engine.statements;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.review.ReviewBook.KnownBudget;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** The configured budgets, and those that are on record from earlier configurations. */
public final class RecordedBudgets implements BudgetNames {
  private static final int NO_LIMIT = -1;

  private final Budgets budgets;
  private final Review review;

  public RecordedBudgets(Budgets budgets, Review review) {
    this.budgets = budgets;
    this.review = review;
  }

  @Override
  public Optional<Known> find(long hash) {
    BudgetRule rule = budgets.rulesByHash().get(hash);
    if (rule != null) {
      return Optional.of(
          new Known(rule.name(), word(rule.window()), word(rule.unit()), rule.limit()));
    }
    try {
      KnownBudget gone = review.book().budgets().get(Long.toHexString(hash));
      return Optional.ofNullable(gone)
          .map(known -> new Known(known.name(), known.window(), known.unit(), NO_LIMIT));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
