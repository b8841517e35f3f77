package io.tokenmeter.benchmarks;

import io.tokenmeter.benchmarks.agent.AgentBenchmark;
import io.tokenmeter.benchmarks.agent.StartupBenchmark;
import io.tokenmeter.benchmarks.budgets.BudgetsBenchmark;
import io.tokenmeter.benchmarks.budgets.StressBenchmark;
import io.tokenmeter.benchmarks.conversation.ConversationBenchmark;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** What {@code run.sh} calls. Exits with 1 if a benchmark failed and with 2 on a wrong usage. */
public final class Benchmarks {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private Benchmarks() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try {
      run(Arrays.asList(args));
    } catch (UsageException wrong) {
      System.err.println(wrong.getMessage());
      System.err.println("benchmarks/run.sh --help lists benchmarks and options.");
      System.exit(WRONG_USAGE);
    } catch (BenchmarkException failed) {
      System.err.println("FAILED: " + failed.getMessage());
      System.exit(FAILED);
    }
  }

  static void run(List<String> args)
      throws UsageException, BenchmarkException, IOException, InterruptedException {
    if (args.isEmpty()) {
      throw new UsageException("which benchmark?");
    }
    List<String> options = args.subList(1, args.size());
    switch (args.get(0)) {
      case "agent" -> AgentBenchmark.parse(options).run(System.out, System.err);
      case "budgets" -> BudgetsBenchmark.parse(options).run(System.out, System.err);
      case "budgets-stress" -> StressBenchmark.parse(options).run(System.out, System.err);
      case "startup" -> StartupBenchmark.parse(options).run(System.out, System.err);
      case "conversation" -> ConversationBenchmark.parse(options).run(System.out);
      default -> throw new UsageException("unknown benchmark " + args.get(0));
    }
  }
}
