package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.Spend;
import io.tokenmeter.engine.review.Review;
import io.tokenmeter.engine.statements.RecordedBudgets;
import io.tokenmeter.engine.statements.Statement;
import io.tokenmeter.engine.statements.StatementFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was spent, from the statements and from what the ledger still has. Windows that have closed
 * are put on record first.
 */
final class Records {
  private static final int CLOSING_TRIES = 40;
  private static final long CLOSING_PAUSE_MILLIS = 50;

  private final Configuration configuration;
  private final InstantSource clock;
  private final ReportNotes notes;

  Records(Configuration configuration, InstantSource clock, ReportNotes notes) {
    this.configuration = configuration;
    this.clock = clock;
    this.notes = notes;
  }

  /** Of budgets' windows that ended in a month, as far as they are on record. */
  List<Statement> budgets(YearMonth month) throws IOException {
    if (isNobodyThere()) {
      return List.of();
    }
    try (Ledger ledger = Ledger.open(configuration.home(), clock)) {
      StatementFiles files = files(ledger);
      close(ledger, files);
      return files.read(month).stream().filter(Statement.OfBudget.class::isInstance).toList();
    }
  }

  /** Of a month; each combination of payer and model once. */
  List<Spend> spend(YearMonth month) throws IOException {
    if (isNobodyThere()) {
      return List.of();
    }
    Map<String, Spend> rows = new LinkedHashMap<>();
    try (Ledger ledger = Ledger.open(configuration.home(), clock)) {
      StatementFiles files = files(ledger);
      close(ledger, files);
      for (Spend row : ledger.spend().all()) {
        if (row.window().equals("month") && YearMonth.from(row.start()).equals(month)) {
          rows.put(row.id(), row);
        }
      }
      // The file second: a window may close, and its rows go, between the two.
      for (Statement line : files.read(month)) {
        if (line instanceof Statement.OfSpend recorded) {
          rows.merge(line.id(), recorded.spend(), Records::later);
        }
      }
    }
    return List.copyOf(rows.values());
  }

  /** Sums only grow; what the ledger has may not be on record yet, or the other way round. */
  private static Spend later(Spend one, Spend other) {
    return other.calls() >= one.calls() ? other : one;
  }

  private boolean isNobodyThere() {
    return !Files.isDirectory(configuration.home());
  }

  private StatementFiles files(Ledger ledger) {
    return new StatementFiles(
        configuration.home(),
        new RecordedBudgets(
            new Budgets(configuration.budgets().rules(), ledger, clock),
            new Review(configuration.home(), ledger, clock)),
        clock);
  }

  /** A report is worth having also where it cannot be written down. */
  private void close(Ledger ledger, StatementFiles files) {
    try {
      for (int i = 0; i < CLOSING_TRIES; i++) {
        if (ledger.closeWindows(files)) {
          return;
        }
        Thread.sleep(CLOSING_PAUSE_MILLIS);
      }
      notes.notClosed("another process is busy with the ledger");
    } catch (IOException failed) {
      notes.notClosed(CommandLineMain.words(failed));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
