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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = {
      "Prints what was spent in a month (UTC), by whom and on what.",
      "Of a month that is not over, it prints what was spent so far, and says so."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--month", paramLabel = "YYYY-MM", description = "Without it the current one.")
  private @Nullable YearMonth month;

  @Option(
      names = "--by",
      paramLabel = "KEY",
      split = ",",
      description = "What rows are for: any of statements.dimensions. Default: team,model.")
  private List<String> by = List.of("team", "model");

  @Option(
      names = "--budgets",
      description = "Print instead what was spent of each budget in windows that ended then.")
  private boolean budgets;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "table")
  private ReportFormat format = ReportFormat.table;

  ReportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    Configuration configuration = surroundings.configuration();
    YearMonth now = YearMonth.from(surroundings.clock().instant().atZone(ZoneOffset.UTC));
    YearMonth asked = month == null ? now : month;
    List<Statement> statements = statements(configuration, asked);
    Report report;
    if (budgets) {
      report = Report.ofBudgets(asked, statements);
    } else {
      List<Spend> spend = new ArrayList<>();
      for (Statement statement : statements) {
        if (statement instanceof Statement.OfSpend line) {
          spend.add(line.spend());
        }
      }
      requireKept(configuration, spend);
      report = Report.ofSpend(asked, !asked.isBefore(now), by, spend);
    }
    report.print(format, spec.commandLine().getOut());
    return 0;
  }

  /** What is on record, and what the ledger still has; each row once. */
  private List<Statement> statements(Configuration configuration, YearMonth asked)
      throws IOException {
    Map<String, Statement> statements = new LinkedHashMap<>();
    if (!Files.isDirectory(configuration.home())) {
      return List.of();
    }
    InstantSource clock = surroundings.clock();
    try (Ledger ledger = Ledger.open(configuration.home(), clock)) {
      StatementFiles files =
          new StatementFiles(
              configuration.home(),
              new RecordedBudgets(
                  new Budgets(configuration.budgets().rules(), ledger, clock),
                  new Review(configuration.home(), ledger, clock)),
              clock);
      ledger.closeWindows(files);
      for (Spend row : ledger.spend().all()) {
        if (row.window().equals("month") && YearMonth.from(row.start()).equals(asked)) {
          statements.put(row.id(), new Statement.OfSpend(row, 1));
        }
      }
      // What is on record is final, and comes second: a window may close between the two.
      files.read(asked).forEach(line -> statements.put(line.id(), line));
    }
    return List.copyOf(statements.values());
  }

  private void requireKept(Configuration configuration, List<Spend> spend) {
    Set<String> kept = new TreeSet<>(configuration.statements().dimensions());
    spend.forEach(row -> kept.addAll(row.keys().keySet()));
    for (String key : by) {
      if (!kept.contains(key)) {
        throw new ParameterException(
            spec.commandLine(),
            "spend is not kept by '%s', but by %s (statements.dimensions)"
                .formatted(key, String.join(", ", kept)));
      }
    }
  }
}
