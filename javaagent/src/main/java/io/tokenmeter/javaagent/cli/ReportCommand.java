package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.ledger.Spend;
import io.tokenmeter.engine.statements.Statement;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
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
      "Of a month that is not over, it prints what was spent so far, and says so.",
      "What calls without a known price cost is not in it; they are counted apart."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private static final List<String> DEFAULT_BY = List.of("team", "model");

  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--month", paramLabel = "YYYY-MM", description = "Without it the current one.")
  private @Nullable YearMonth month;

  @Option(
      names = "--by",
      paramLabel = "KEY",
      split = ",",
      description = "What rows are for: any of statements.dimensions. Default: team,model.")
  private @Nullable List<String> by;

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
    Instant now = surroundings.clock().instant();
    YearMonth current = YearMonth.from(now.atZone(ZoneOffset.UTC));
    YearMonth asked = month == null ? current : month;
    if (asked.isAfter(current)) {
      throw wrong("%s has not begun; it is %s".formatted(asked, current));
    }
    if (budgets && by != null) {
      throw wrong("--by is for spend; with --budgets rows are for budgets: leave one of them out");
    }
    ReportNotes notes = new ReportNotes(configuration.home(), asked, current, now);
    Records records = new Records(configuration, surroundings.clock(), notes);
    if (budgets) {
      List<Statement> lines = records.budgets(asked);
      notes.ofBudgets(lines.isEmpty());
      print(Report.ofBudgets(asked, lines), notes);
    } else {
      List<String> keys = by == null ? DEFAULT_BY : by;
      List<Spend> spend = records.spend(asked);
      requireKept(configuration, keys, spend);
      notes.ofSpend(spend);
      print(Report.ofSpend(asked, asked.equals(current), keys, spend), notes);
    }
    return 0;
  }

  /** Notes stand under a table; what programs read stays without them. */
  private void print(Report report, ReportNotes notes) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    report.print(format, out);
    notes.print(format == ReportFormat.table ? out : spec.commandLine().getErr());
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private void requireKept(Configuration configuration, List<String> keys, List<Spend> spend) {
    Set<String> kept = new TreeSet<>(configuration.statements().dimensions());
    spend.forEach(row -> kept.addAll(row.keys().keySet()));
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      if (!kept.contains(key)) {
        throw wrong(
            "spend is not kept by '%s', but by %s (statements.dimensions)"
                .formatted(key, String.join(", ", kept)));
      }
      if (!seen.add(key)) {
        throw wrong("--by names '%s' twice".formatted(key));
      }
    }
  }
}
