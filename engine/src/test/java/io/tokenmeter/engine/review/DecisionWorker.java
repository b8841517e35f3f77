package io.tokenmeter.engine.review;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.alerts.AlertChannel;
import io.tokenmeter.engine.alerts.AlertWatch;
import io.tokenmeter.engine.alerts.BudgetAlert.ThresholdCrossed;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * A process of its own that follows the audit file and tells of thresholds, as it is told line by
 * line on its standard input.
 */
public final class DecisionWorker {
  static final BudgetRule RULE =
      BudgetRule.named("shared")
          .limit(Budget.Unit.TOKENS, 1_000)
          .window(Window.LIFETIME)
          .thresholds(List.of(50, 80, 95, 100))
          .build();

  private DecisionWorker() {}

  /** Argument: the state directory. */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    InstantSource clock = InstantSource.system();
    Ledger ledger = Ledger.open(home, clock);
    Budgets budgets = new Budgets(List.of(RULE), ledger, clock);
    budgets.follow(new Review(home, ledger, clock)::allowances);
    AlertWatch watch =
        new AlertWatch(
            budgets,
            ledger,
            Duration.ZERO,
            clock,
            () -> 0,
            (where, fault) -> fault.printStackTrace());
    watch.add(
        AlertChannel.LOG,
        alert -> System.out.println("told " + ((ThresholdCrossed) alert).percent()));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("spend")) {
        System.out.println(spend(budgets, Long.parseLong(words[1])) ? "spent" : "denied");
      } else {
        while (spend(budgets, 1)) {
          watch.look();
        }
        watch.look();
        System.out.println("drained");
      }
    }
  }

  private static boolean spend(Budgets budgets, long tokens) {
    if (budgets.reserve(tokens, 0, Map.of()) instanceof Admission.Granted granted) {
      granted.hold().settle(tokens, 0);
      return true;
    }
    return false;
  }
}
