package io.tokenmeter.engine.statements;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.review.ReviewBook;
import io.tokenmeter.engine.review.ReviewBook.KnownBudget;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The configured budgets and grants, and those that are on record from earlier configurations. */
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
          new Known(rule.name(), rule.window().name(), word(rule.unit()), rule.limit()));
    }
    try {
      ReviewBook book = review.book();
      KnownBudget gone = book.budgets().get(hash);
      if (gone != null) {
        return Optional.of(new Known(gone.name(), gone.window(), gone.unit(), NO_LIMIT));
      }
      return Stream.concat(
              budgets.rulesByHash().values().stream().flatMap(each -> each.grants().stream()),
              book.grants().stream())
          .filter(grant -> budgets.hashOf(grant) == hash)
          .map(grant -> new Known(grant.budget(), "grant", word(grant.unit()), grant.amount()))
          .findFirst();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
