package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Another process that spends from the same budgets, until its standard input ends. */
public final class PairWorker {
  private static final int CALLS = 100_000;

  private PairWorker() {}

  /** Arguments: the state directory, the number of users. */
  public static void main(String[] args) throws IOException {
    InstantSource clock = InstantSource.system();
    Ledger ledger = Ledger.open(Path.of(args[0]), clock);
    OurPairs pairs =
        new OurPairs(
            new Budgets(OurPairs.rules(), ledger, clock), Integer.parseInt(args[1]), false);
    Thread spender =
        new Thread(
            () -> {
              while (true) {
                pairs.run(CALLS);
              }
            });
    pairs.run(CALLS);
    spender.setDaemon(true);
    spender.start();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Until the parent closes it.
    }
    Runtime.getRuntime().halt(0);
  }
}
