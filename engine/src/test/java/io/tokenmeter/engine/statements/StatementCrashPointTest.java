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
import java.time.Instant;
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
 * marks, or half way through a write; something more is charged, the next one dies a little later,
 * and a third one finishes. Then the last line of every row has its whole sum, and no whole line is
 * twice there. All of that again for what is charged to rows that are on record.
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
  void close_crashAnywhere_lastLineOfEveryRowHasItsSum() throws Exception {
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
        List<Admission.Hold> open = List.of(hold(budgets), hold(budgets), hold(budgets));
        record(ledger);
        clock.set("2027-01-01T00:05:00Z");

        crashed = closingCrashes(directory, writes);
        open.get(0).settle(100, 0);
        record(ledger);
        closingCrashes(directory, writes / 2);
        ledger.closeWindows(StatementFilesTest.files(directory, budgets, ledger, clock));
        requireRecord(directory, budgets, ledger, "first write " + writes, 120, 14);

        open.get(1).settle(1_000, 0);
        record(ledger);
        crashed |= closingCrashes(directory, writes);
        open.get(2).settle(10_000, 0);
        record(ledger);
        closingCrashes(directory, writes / 2);
        ledger.closeWindows(StatementFilesTest.files(directory, budgets, ledger, clock));
        requireRecord(directory, budgets, ledger, "later write " + writes, 11_120, 28);
      }
      remove(directory);
    }
    assertThat(writes).isGreaterThan(15);
  }

  private void requireRecord(
      Path directory, Budgets budgets, Ledger ledger, String point, long ann, long tokens)
      throws IOException {
    StatementFiles files = StatementFilesTest.files(directory, budgets, ledger, clock);
    assertThat(used(files.read(YearMonth.of(2026, 11))))
        .as(point)
        .containsExactlyInAnyOrder("user=ann 10", "user=b\u00f6b 11", "user=cem 12");
    List<Statement> december = files.read(YearMonth.of(2026, 12));
    assertThat(used(december))
        .as(point)
        .containsExactlyInAnyOrder("user=ann " + ann, "user=b\u00f6b 21", "user=cem 22");
    assertThat(december.stream().filter(Statement.OfSpend.class::isInstance))
        .as(point)
        .singleElement()
        .satisfies(
            line -> assertThat(((Statement.OfSpend) line).spend().tokens()).isEqualTo(tokens));
    List<Statement> lines = wholeLines(directory);
    assertThat(lines).as(point).filteredOn(line -> line.revision() == 1).hasSize(7);
    assertThat(lines.stream().map(line -> line.id() + " " + line.revision()))
        .as(point)
        .doesNotHaveDuplicates();
    assertThat(lines.stream().map(line -> line.revised(0))).as(point).doesNotHaveDuplicates();
  }

  private static Admission.Hold hold(Budgets budgets) {
    return ((Admission.Granted) budgets.reserve(100, 0, Map.of("user", "ann"))).hold();
  }

  private static void record(Ledger ledger) {
    ledger.spend().add(Map.of("team", "search"), 7, 5, true, Instant.parse("2026-12-31T23:59:00Z"));
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

  private static List<Statement> wholeLines(Path directory) throws IOException {
    List<Statement> whole = new ArrayList<>();
    for (String month : List.of("2026-11", "2026-12")) {
      for (String line : Files.readAllLines(directory.resolve("statements-" + month + ".jsonl"))) {
        Statement statement = StatementLine.decode(line);
        if (statement != null) {
          whole.add(statement);
        }
      }
    }
    return whole;
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
