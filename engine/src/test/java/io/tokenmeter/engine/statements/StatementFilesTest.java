package io.tokenmeter.engine.statements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.review.Review;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatementFilesTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final BudgetRule DAY =
      BudgetRule.named("users")
          .per(List.of("user"))
          .limit(Budget.Unit.USD, 5_000_000_000L)
          .window(Window.DAY)
          .build();

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-30T12:00:00Z");

  static StatementFiles files(Path home, Budgets budgets, Ledger ledger, FakeClock clock) {
    return new StatementFiles(
        home, new RecordedBudgets(budgets, new Review(home, ledger, clock)), clock);
  }

  private Path file() {
    return home.resolve("statements-2026-11.jsonl");
  }

  private static void spend(Budgets budgets, String user, long nanoUsd) {
    Admission admission = budgets.reserve(0, nanoUsd, Map.of("user", user));
    ((Admission.Granted) admission).hold().settle(0, nanoUsd);
  }

  @Test
  void close_windowsHaveClosed_oneLineForEachRow() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "ann", 1_500_000_000);
      spend(budgets, "bob", 7);
      ledger.spend().add(Map.of("team", "search"), 10, 7, true, clock.instant());
      ledger.spend().add(Map.of("team", "search"), 10, 0, false, clock.instant());

      ledger.closeWindows(files);
      assertThat(file()).doesNotExist();
      clock.set("2026-12-01T00:04:59.999Z");
      ledger.closeWindows(files);
      assertThat(file()).as("late calls have five minutes").doesNotExist();

      clock.set("2026-12-01T00:05:00Z");
      ledger.closeWindows(files);
      ledger.closeWindows(files);
      assertThat(Files.readAllLines(file()))
          .hasSize(3)
          .anyMatch(
              line ->
                  line.contains(
                      "\"budget\":\"users\",\"scope\":\"user=ann\",\"window\":\"day\","
                          + "\"ends\":\"2026-12-01T00:00:00Z\",\"unit\":\"usd\","
                          + "\"used\":\"1.500000000\",\"limit\":\"5.000000000\""))
          .anyMatch(line -> line.contains("user=bob") && line.contains("\"0.000000007\""))
          .anyMatch(
              line ->
                  line.contains(
                      "\"month\":\"2026-11\",\"by\":{\"team\":\"search\"},\"calls\":2,"
                          + "\"unpriced_calls\":1,\"tokens\":20,\"cost_usd\":\"0.000000007\""));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
          .isEqualTo("rw-------");
      assertThat(files.read(NOVEMBER))
          .filteredOn(Statement.OfSpend.class::isInstance)
          .singleElement()
          .satisfies(
              line ->
                  assertThat(((Statement.OfSpend) line).spend())
                      .isEqualTo(
                          new io.tokenmeter.engine.ledger.Spend(
                              line.id(),
                              "month",
                              LocalDate.of(2026, 11, 1),
                              Map.of("team", "search"),
                              20,
                              7,
                              2,
                              1)));
      assertThat(files.read(NOVEMBER)).allMatch(line -> line.revision() == 1);
    }
  }

  @Test
  void maintain_twoProcesses_oneLineAndThenTheRowGoes() throws Exception {
    try (Ledger one = Ledger.open(home, clock);
        Ledger two = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), one, clock);
      one.keepStatements(files(home, budgets, one, clock));
      two.keepStatements(files(home, new Budgets(List.of(DAY), two, clock), two, clock));
      spend(budgets, "ann", 7);
      clock.advance(Duration.ofDays(3));
      one.maintain();
      two.maintain();
      clock.advance(Duration.ofMinutes(2));
      one.maintain();
      two.maintain();

      assertThat(Files.readAllLines(file())).hasSize(1);
    }
  }

  @Test
  void maintain_statementsCannotBeWritten_rowsWaitUntilTheyCan() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      ledger.keepStatements(files(home, budgets, ledger, clock));
      spend(budgets, "ann", 7);
      Files.createDirectory(file());
      clock.advance(Duration.ofDays(30));
      ledger.maintain();
      Files.delete(file());
      clock.advance(Duration.ofMinutes(2));
      ledger.maintain();

      assertThat(Files.readAllLines(file())).hasSize(1);
    }
  }

  @Test
  void close_callStillHoldsSomething_waitsForIt() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      Admission.Granted late = (Admission.Granted) budgets.reserve(0, 100, Map.of("user", "ann"));
      clock.set("2026-12-01T00:30:00Z");
      ledger.closeWindows(files);
      assertThat(file()).doesNotExist();
      late.hold().settle(0, 60);
      ledger.closeWindows(files);
      assertThat(Files.readAllLines(file()))
          .singleElement()
          .asString()
          .contains("\"used\":\"0.000000060\"");
    }
  }

  @Test
  void close_chargedAfterItWasOnRecord_getsAnotherLineWithTheWholeSum() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "ann", 7);
      spend(budgets, "bob", 8);
      Admission.Granted late = (Admission.Granted) budgets.reserve(0, 100, Map.of("user", "ann"));
      ledger.spend().add(Map.of("team", "search"), 10, 7, true, clock.instant());
      clock.set("2026-12-01T02:00:00Z");
      ledger.closeWindows(files);
      assertThat(Files.readAllLines(file())).hasSize(3).noneMatch(line -> line.contains("revisi"));

      late.hold().settle(0, 60);
      Instant november = Instant.parse("2026-11-30T23:59:59Z");
      ledger.spend().add(Map.of("team", "search"), 1, 0, false, november);
      ledger.closeWindows(files);
      ledger.closeWindows(files);
      assertThat(Files.readAllLines(file()))
          .hasSize(5)
          .filteredOn(line -> line.contains("\"revision\":2"))
          .hasSize(2)
          .anyMatch(line -> line.contains("user=ann") && line.contains("\"0.000000067\""))
          .anyMatch(
              line ->
                  line.contains(
                      "\"calls\":2,\"unpriced_calls\":1,\"tokens\":11,"
                          + "\"cost_usd\":\"0.000000007\""));
      assertThat(files.read(NOVEMBER)).hasSize(3);
      assertThat(used(files)).containsExactlyInAnyOrder("0.000000067", "0.000000008");
    }
  }

  @Test
  void close_lateChargeWithoutAPrice_isOnRecordToo() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      StatementFiles files = files(home, new Budgets(List.of(), ledger, clock), ledger, clock);
      Instant november = clock.instant();
      ledger.spend().add(Map.of("team", "search"), 0, 0, true, november);
      clock.advance(Duration.ofDays(1));
      ledger.closeWindows(files);
      ledger.spend().add(Map.of("team", "search"), 0, 0, false, november);
      ledger.closeWindows(files);

      assertThat(files.read(NOVEMBER))
          .singleElement()
          .satisfies(line -> assertThat(line.revision()).isEqualTo(2))
          .satisfies(
              line -> assertThat(((Statement.OfSpend) line).spend().unpriced()).isEqualTo(1));
    }
  }

  private static List<String> used(StatementFiles files) throws IOException {
    return files.read(NOVEMBER).stream()
        .filter(Statement.OfBudget.class::isInstance)
        .map(line -> ((Statement.OfBudget) line).used())
        .toList();
  }

  /** The last call ends between the line and the recycler, a day after its window. */
  @Test
  void maintain_chargedWhileItsRowWasToGo_goesWhenAllOfItIsOnRecord() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "ann", 7);
      Admission.Granted late = (Admission.Granted) budgets.reserve(0, 100, Map.of("user", "ann"));
      ledger.keepStatements(
          rows -> {
            files.close(rows);
            late.hold().settle(0, 60);
          });
      clock.set("2026-12-02T00:00:01Z");
      ledger.maintain();
      assertThat(used(files)).containsExactly("0.000000007");
      assertThat(rows(ledger)).isEqualTo(1);

      clock.advance(Duration.ofMinutes(1));
      ledger.maintain();
      assertThat(used(files)).containsExactly("0.000000067");
      assertThat(rows(ledger)).isZero();
    }
  }

  private static int rows(Ledger ledger) {
    int[] rows = {0};
    ledger.visit((ref, rule, windowEnd) -> rows[0]++);
    return rows[0];
  }

  /** Between two processes that see each other's rows: what one closed early is not final. */
  @Test
  void close_clockWasAheadForAMoment_whatIsSpentSinceIsOnRecordWhenTheWindowHasEnded()
      throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "ann", 7);
      clock.set("2026-12-01T12:00:00Z");
      ledger.closeWindows(files);
      clock.set("2026-11-30T12:00:00Z");
      spend(budgets, "ann", 60);
      ledger.closeWindows(files);
      assertThat(used(files)).containsExactly("0.000000007");
      clock.set("2026-12-01T00:05:00Z");
      ledger.closeWindows(files);
      assertThat(used(files)).containsExactly("0.000000067");
    }
  }

  @Test
  void read_crashCutACharacterInTwo_theOtherLinesAreRead() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "b\u00f6b", 7);
      clock.advance(Duration.ofDays(1));
      Files.write(file(), new byte[] {'{', '"', (byte) 0xc3});
      ledger.closeWindows(files);

      assertThat(used(files)).containsExactly("0.000000007");
    }
  }

  @Test
  void close_budgetWasRemoved_keepsItsName() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      Review review = new Review(home, ledger, clock);
      review.register(budgets.rulesByHash());
      spend(budgets, "ann", 7);
      budgets.replaceRules(List.of());
      assertThat(budgets.reserve(0, Long.MAX_VALUE / 2, Map.of("user", "ann")))
          .isInstanceOf(Admission.Granted.class);
      clock.advance(Duration.ofDays(1));
      ledger.closeWindows(files(home, budgets, ledger, clock));

      assertThat(files(home, budgets, ledger, clock).read(NOVEMBER))
          .singleElement()
          .isInstanceOfSatisfying(
              Statement.OfBudget.class,
              line -> {
                assertThat(line.budget()).isEqualTo("users");
                assertThat(line.window()).isEqualTo("day");
                assertThat(line.limit()).isEmpty();
              });
    }
  }

  @Test
  void close_lineThatACrashCutShort_isWrittenAnew() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(DAY), ledger, clock);
      StatementFiles files = files(home, budgets, ledger, clock);
      spend(budgets, "ann", 7);
      clock.advance(Duration.ofDays(1));
      // Written, but the process dies before the ledger notes it.
      assertThatThrownBy(
              () ->
                  ledger.closeWindows(
                      rows -> {
                        files.close(rows);
                        throw new IOException("died");
                      }))
          .hasMessage("died");
      String line = Files.readString(file());
      Files.writeString(file(), line.substring(0, line.length() / 2));
      ledger.closeWindows(files);

      assertThat(files.read(NOVEMBER)).hasSize(1);
      assertThat(Files.readAllLines(file()))
          .hasSize(2)
          .last()
          .asString()
          .isEqualToIgnoringNewLines(line);
    }
  }

  /** Real processes that die between the file and the ledger, or before the file. */
  @Test
  void close_processesDieOnTheWay_everyRowHasOneLine() throws Exception {
    for (String death : List.of("before", "after", "before", "after")) {
      assertThat(run(death)).isEqualTo(1);
    }
    assertThat(run("never")).isZero();
    assertThat(run("never")).isZero();

    List<Statement> statements;
    try (Ledger ledger = Ledger.open(home, clock)) {
      statements = files(home, new Budgets(List.of(), ledger, clock), ledger, clock).read(NOVEMBER);
    }
    assertThat(statements).hasSize(StatementWorker.ROWS);
    assertThat(Files.readAllLines(file()))
        .as("none twice, not even a dead one")
        .hasSize(StatementWorker.ROWS);
  }

  private int run(String death) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StatementWorker.class.getName(),
                home.toString(),
                death)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      while (out.readLine() != null) {
        // to its end
      }
    }
    return process.waitFor();
  }
}
