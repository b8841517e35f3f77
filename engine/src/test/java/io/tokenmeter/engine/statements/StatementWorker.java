package io.tokenmeter.engine.statements;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process that spends in November, closes the month in December, and may die there: {@code
 * before} or {@code after} the lines are in the file.
 */
public final class StatementWorker {
  static final int ROWS = 25;

  private StatementWorker() {}

  /** Arguments: the state directory, and when to die. */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    FakeClock clock = new FakeClock("2026-11-30T12:00:00Z");
    Ledger ledger = Ledger.open(home, clock);
    BudgetRule rule =
        BudgetRule.named("users")
            .per(List.of("user"))
            .limit(Budget.Unit.TOKENS, 1000)
            .window(Window.MONTH)
            .build();
    Budgets budgets = new Budgets(List.of(rule), ledger, clock);
    StatementFiles files = StatementFilesTest.files(home, budgets, ledger, clock);
    if (!home.resolve("spent").toFile().exists()) {
      for (int i = 0; i < ROWS; i++) {
        Admission admission = budgets.reserve(1, 0, Map.of("user", "u" + i));
        ((Admission.Granted) admission).hold().settle(1, 0);
      }
      home.resolve("spent").toFile().createNewFile();
    }
    clock.set("2026-12-01T00:05:00Z");
    ledger.closeWindows(
        rows -> {
          if (args[1].equals("before")) {
            Runtime.getRuntime().halt(1);
          }
          files.close(rows);
          if (args[1].equals("after")) {
            Runtime.getRuntime().halt(1);
          }
        });
    System.exit(0);
  }
}
