package io.tokenmeter.javaagent.cli;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.AccountState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.Spend;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.review.ReviewBook;
import io.tokenmeter.engine.statements.BudgetNames;
import io.tokenmeter.engine.statements.RecordedBudgets;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the host's ledger tells.
 *
 * @param budgets every row used in its current window, and every rule that has none
 * @param actions what becomes of a call that a budget cannot pay, by the budget's name, as in the
 *     configuration
 * @param spend what was spent today and this month
 * @param overrides those in force
 * @param requests those that wait for an answer
 * @param grants those that have not expired
 * @param past rows of windows that have closed, and of budgets that are not configured any more
 */
record LedgerView(
    List<Budget> budgets,
    Map<String, String> actions,
    List<SpendRow> spend,
    List<ReviewBook.Raise> overrides,
    List<ReviewBook.Request> requests,
    List<GrantState> grants,
    List<PastRow> past) {
  private static final List<String> DIMENSIONS = List.of("team", "model", "provider");

  /**
   * Spend on one thing in one window.
   *
   * @param window {@code day} or {@code month}
   * @param dimension {@code team} or {@code model}
   * @param value such as the team's name; empty for calls that name none
   */
  record SpendRow(
      String window, String dimension, String value, long calls, long tokens, long nanoUsd) {}

  /**
   * A row that binds nobody any more.
   *
   * @param budget empty where nobody knows the name
   */
  record PastRow(String budget, String scope, String window, BudgetAmount used, Instant ends) {}

  /**
   * Reads the ledger in the configuration's state directory. Where there is no such directory
   * nothing was spent, and none is created.
   */
  static LedgerView read(Configuration configuration, InstantSource clock) throws IOException {
    boolean present = Files.isDirectory(configuration.home());
    try (Ledger ledger =
        present ? Ledger.open(configuration.home(), clock) : Ledger.inMemory(clock)) {
      Budgets budgets = new Budgets(configuration.budgets().rules(), ledger, clock);
      Review review = new Review(configuration.home(), ledger, clock);
      ReviewBook book = review.book();
      budgets.follow(() -> book.allowances(clock.instant()));
      return new LedgerView(
          budgets.list(rule -> earlier(rule, book)),
          actions(configuration.budgets().rules()),
          rows(ledger.spend().list()),
          book.raises(clock.instant()),
          book.pending(),
          budgets.grants(),
          past(
              ledger,
              budgets,
              new RecordedBudgets(budgets, review).remembering(),
              clock.instant()));
    }
  }

  /** What rows of a budget are found by, or were under another limit. */
  private static Set<Long> earlier(BudgetRule rule, ReviewBook book) {
    return book.budgets().values().stream()
        .filter(
            known ->
                known.name().equals(rule.name())
                    && known.window().equals(rule.window().name())
                    && known.unit().equalsIgnoreCase(rule.unit().name()))
        .map(ReviewBook.KnownBudget::rule)
        .collect(Collectors.toSet());
  }

  private static Map<String, String> actions(List<BudgetRule> rules) {
    Map<String, String> actions = new LinkedHashMap<>();
    rules.forEach(rule -> actions.put(rule.name(), rule.action().label()));
    return actions;
  }

  private static List<SpendRow> rows(List<Spend> spend) {
    Map<List<String>, SpendRow> rows = new LinkedHashMap<>();
    for (String dimension : DIMENSIONS) {
      CutNames names = CutNames.of(spend, dimension);
      for (Spend row : spend) {
        String value = names.get(row.keys().getOrDefault(dimension, ""));
        rows.merge(
            List.of(row.window(), dimension, value),
            new SpendRow(row.window(), dimension, value, row.calls(), row.tokens(), row.nanoUsd()),
            (one, other) ->
                new SpendRow(
                    one.window(),
                    one.dimension(),
                    one.value(),
                    one.calls() + other.calls(),
                    one.tokens() + other.tokens(),
                    one.nanoUsd() + other.nanoUsd()));
      }
    }
    return List.copyOf(rows.values());
  }

  private static List<PastRow> past(
      Ledger ledger, Budgets budgets, BudgetNames names, Instant now) {
    List<PastRow> past = new ArrayList<>();
    ledger.visit(
        (ref, rule, windowEnd) -> {
          boolean current =
              windowEnd > now.toEpochMilli() && budgets.rulesByHash().containsKey(rule);
          BudgetNames.Known known = current ? null : names.find(rule).orElse(null);
          if (known != null && !known.window().equals("grant") && windowEnd < Long.MAX_VALUE) {
            AccountState state = ledger.state(ref);
            Budget.Unit unit = Budget.Unit.valueOf(known.unit().toUpperCase(Locale.ROOT));
            past.add(
                new PastRow(
                    known.name(),
                    state.label(),
                    known.window(),
                    new BudgetAmount(unit, state.settled()),
                    Instant.ofEpochMilli(windowEnd)));
          }
        });
    return past;
  }
}
