package io.tokenmeter.engine.statements;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.CrashPoint;
import io.tokenmeter.engine.ledger.CrashingFiles;
import io.tokenmeter.engine.ledger.DyingLedger;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever closes windows dies before each of its writes in turn, to a statement or to the ledger's
 * marks, or half way through a write; the next one dies a little later, and a third one finishes.
 * Then every row is on record once, with its whole sum, and no whole line is twice there.
 */
final class StatementCrashPointTest {
  private static final List<BudgetRule> RULES =
      List.of(
          BudgetRule.named("users")
              .per(List.of("user"))
              .limit(Budget.Unit.TOKENS, 1_000)
              .window(Window.DAY)
              .build());
  private static final List<String> USERS = List.of("ann", "b\u00f6b", "cem");

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-30T12:00:00Z");

  @Test
  void close_crashAnywhere_everyRowIsOnRecordOnce() throws Exception {
    boolean crashed = true;
    int writes = 0;
    for (; crashed; writes++) {
      Path directory = Files.createDirectory(home.resolve("w" + writes));
      clock.set("2026-11-30T12:00:00Z");
      try (Ledger ledger = Ledger.open(directory, clock)) {
        Budgets budgets = new Budgets(RULES, ledger, clock);
        spend(budgets, 10);
        clock.advance(Duration.ofDays(1));
        spend(budgets, 20);
        ledger.spend().add(Map.of("team", "search"), 7, 5, true, clock.instant());
        clock.set("2027-01-01T00:05:00Z");

        crashed = closingCrashes(directory, writes);
        closingCrashes(directory, writes / 2);
        ledger.closeWindows(StatementFilesTest.files(directory, budgets, ledger, clock));

        String point = "write %d".formatted(writes);
        StatementFiles files = StatementFilesTest.files(directory, budgets, ledger, clock);
        assertThat(used(files.read(YearMonth.of(2026, 11))))
            .as(point)
            .containsExactlyInAnyOrder("user=ann 10", "user=b\u00f6b 11", "user=cem 12");
        List<Statement> december = files.read(YearMonth.of(2026, 12));
        assertThat(used(december))
            .as(point)
            .containsExactlyInAnyOrder("user=ann 20", "user=b\u00f6b 21", "user=cem 22");
        assertThat(december.stream().filter(Statement.OfSpend.class::isInstance))
            .as(point)
            .singleElement()
            .satisfies(
                line -> assertThat(((Statement.OfSpend) line).spend().tokens()).isEqualTo(7));
        assertThat(wholeLines(directory)).as(point).doesNotHaveDuplicates().hasSize(7);
      }
      remove(directory);
    }
    assertThat(writes).isGreaterThan(15);
  }

  private boolean closingCrashes(Path directory, int writes) throws IOException {
    CrashPoint point = CrashPoint.after(writes);
    Ledger dying = DyingLedger.open(directory, point, clock);
    try {
      Budgets budgets = new Budgets(RULES, dying, clock);
      StatementFiles files =
          new StatementFiles(
              CrashingFiles.at(directory, point),
              new RecordedBudgets(budgets, new Review(directory, dying, clock)),
              clock);
      DyingLedger.closeWindows(dying, files, clock);
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  private static void spend(Budgets budgets, long tokens) {
    for (int i = 0; i < USERS.size(); i++) {
      Admission admission = budgets.reserve(100, 0, Map.of("user", USERS.get(i)));
      ((Admission.Granted) admission).hold().settle(tokens + i, 0);
    }
  }

  private static List<String> used(List<Statement> statements) {
    return statements.stream()
        .filter(Statement.OfBudget.class::isInstance)
        .map(Statement.OfBudget.class::cast)
        .map(line -> line.scope() + " " + line.used())
        .toList();
  }

  private static List<String> wholeLines(Path directory) throws IOException {
    List<String> ids = new ArrayList<>();
    for (String month : List.of("2026-11", "2026-12")) {
      for (String line : Files.readAllLines(directory.resolve("statements-" + month + ".jsonl"))) {
        Statement statement = StatementLine.decode(line);
        if (statement != null) {
          ids.add(statement.id());
        }
      }
    }
    return ids;
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException failed) {
                  throw new UncheckedIOException(failed);
                }
              });
    }
  }
}
