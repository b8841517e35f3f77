package io.tokenmeter.javaagent.cli;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.Spend;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;

/**
 * What the host's ledger tells.
 *
 * @param budgets every row used in its current window, and every rule that has none
 * @param spend what was spent today and this month
 */
record LedgerView(List<Budget> budgets, List<SpendRow> spend) {
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
   * Reads the ledger in the configuration's state directory. Where there is no such directory
   * nothing was spent, and none is created.
   */
  static LedgerView read(Configuration configuration, InstantSource clock) throws IOException {
    boolean present = Files.isDirectory(configuration.home());
    try (Ledger ledger =
        present ? Ledger.open(configuration.home(), clock) : Ledger.inMemory(clock)) {
      return new LedgerView(
          new Budgets(configuration.budgets().rules(), ledger, clock).list(),
          ledger.spend().list().stream().map(LedgerView::row).toList());
    }
  }

  private static SpendRow row(Spend spend) {
    return new SpendRow(
        spend.window(),
        spend.dimension(),
        spend.value(),
        spend.calls(),
        spend.tokens(),
        spend.nanoUsd());
  }
}
