package io.tokenmeter.engine.ledger;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.budgets.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process that closes its ledger while one of its calls is in the middle of a reservation. */
public final class ClosingWorker {
  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final Ledger ledger;

  private ClosingWorker(Path directory) throws IOException {
    ledger = Ledger.open(directory, InstantSource.system());
  }

  /** The call holds something of the first when it looks for its key in the second. */
  static List<BudgetRule> rules() {
    return List.of(rule("first", List.of()), rule("second", List.of("user")));
  }

  private static BudgetRule rule(String name, List<String> per) {
    return BudgetRule.named(name)
        .per(per)
        .limit(Budget.Unit.TOKENS, 1_000)
        .window(Window.MONTH)
        .build();
  }

  /** Arguments: the state directory. Each line that it reads lets the call go on a step. */
  public static void main(String[] args) throws IOException {
    ClosingWorker worker = new ClosingWorker(Path.of(args[0]));
    Admission admission =
        new Budgets(rules(), worker.ledger, InstantSource.system())
            .reserve(40, 0, (CallKeys) key -> worker.closeInTheMiddle());
    System.out.println("reserved");
    worker.in.readLine();
    ((Admission.Granted) admission).hold().settle(30, 0);
    System.out.println("settled");
    worker.in.readLine();
  }

  private String closeInTheMiddle() {
    if (!closed) {
      closed = true;
      ledger.close();
      System.out.println("closed");
      try {
        in.readLine();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    return "ann";
  }

  private boolean closed;
}
