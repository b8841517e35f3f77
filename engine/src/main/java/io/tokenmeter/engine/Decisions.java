package io.tokenmeter.engine;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.review.ReviewBook;
import io.tokenmeter.engine.statements.RecordedBudgets;
import io.tokenmeter.engine.statements.StatementFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine does with the audit file and the statements: follows what people decide, puts its
 * own budgets on record, and has closed windows written down. Only over a shared ledger: without a
 * state directory there is nobody to decide with and nowhere to write.
 */
final class Decisions {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");
  private static final Duration ROLL_OVER_EVERY = Duration.ofMinutes(1);
  private static final Duration HOLDS_LAST = Duration.ofHours(2);

  private final Review review;
  private final Budgets budgets;
  private final InstantSource clock;
  private final boolean shared;
  private Instant rolledOverAt = Instant.EPOCH;
  private volatile boolean unregistered = true;
  private boolean faultLogged;

  Decisions(Configuration configuration, Ledger ledger, Budgets budgets, InstantSource clock) {
    this.review = new Review(configuration.home(), ledger, clock);
    this.budgets = budgets;
    this.clock = clock;
    this.shared = ledger.isShared();
    if (shared) {
      budgets.follow(review::allowances);
      ledger.keepStatements(
          new StatementFiles(configuration.home(), new RecordedBudgets(budgets, review), clock));
    }
  }

  void rulesChanged() {
    unregistered = true;
  }

  /** About once a second, on the meter's thread. */
  void look() {
    if (!shared) {
      return;
    }
    if (review.hasChanged()) {
      budgets.reread();
    }
    if (unregistered) {
      unregistered = false;
      register();
    }
    Instant now = clock.instant();
    if (now.isAfter(rolledOverAt.plus(ROLL_OVER_EVERY)) || now.isBefore(rolledOverAt)) {
      rolledOverAt = now;
      rollOver(now);
    }
  }

  /** What is left of grants that have expired, once nobody holds anything of them any more. */
  private void rollOver(Instant now) {
    try {
      for (Grant grant : expiredWithRollover(now)) {
        GrantState state = budgets.state(grant);
        if (state.held() == 0 || now.isAfter(grant.expires().plus(HOLDS_LAST))) {
          review.rollOver(grant, state.left());
        }
      }
    } catch (IOException failed) {
      fault("what is left of a grant could not be rolled over", failed);
    }
  }

  /** From the configuration, and from the audit file; most of the time there are none. */
  private List<Grant> expiredWithRollover(Instant now) throws IOException {
    List<Grant> grants = new ArrayList<>();
    for (BudgetRule rule : budgets.rulesByHash().values()) {
      grants.addAll(rule.grants());
    }
    ReviewBook book = review.book();
    grants.addAll(book.grants());
    grants.removeIf(
        grant ->
            grant.rollover() == 0
                || now.isBefore(grant.expires())
                || book.grants().stream().anyMatch(each -> Review.follows(each, grant)));
    return grants;
  }

  private void register() {
    try {
      review.register(budgets.rulesByHash());
    } catch (IOException failed) {
      fault("the budgets could not be put on record", failed);
    }
  }

  private void fault(String what, IOException failed) {
    if (!faultLogged) {
      faultLogged = true;
      logger.warn("{} ({}); further faults of this kind are not logged", what, failed.toString());
    }
  }
}
