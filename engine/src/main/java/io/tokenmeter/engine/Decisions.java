package io.tokenmeter.engine;

import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.statements.RecordedBudgets;
import io.tokenmeter.engine.statements.StatementFiles;
import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine does with the audit file and the statements: follows what people decide, puts its
 * own budgets on record, and has closed windows written down. Only over a shared ledger: without a
 * state directory there is nobody to decide with and nowhere to write.
 */
final class Decisions {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  private final Review review;
  private final Budgets budgets;
  private final boolean shared;
  private volatile boolean unregistered = true;
  private boolean faultLogged;

  Decisions(Configuration configuration, Ledger ledger, Budgets budgets, InstantSource clock) {
    this.review = new Review(configuration.home(), ledger, clock);
    this.budgets = budgets;
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
  }

  private void register() {
    try {
      review.register(budgets.rulesByHash());
    } catch (IOException failed) {
      if (!faultLogged) {
        faultLogged = true;
        logger.warn(
            "the budgets could not be put on record ({}); should they be removed, statements will not"
                + " know their names",
            failed.toString());
      }
    }
  }
}
