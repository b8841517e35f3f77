package io.tokenmeter.benchmarks.budgets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.engine.budgets.Budgets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who else spends from the same budgets while they are measured. */
enum Rival {
  THREAD("2 threads") {
    @Override
    AutoCloseable start(Budgets budgets, Path home, int keys) {
      AtomicBoolean stopped = new AtomicBoolean();
      OurPairs pairs = new OurPairs(budgets, keys, false);
      Thread thread =
          new Thread(
              () -> {
                while (!stopped.get()) {
                  pairs.run(CALLS);
                }
              });
      thread.start();
      return () -> {
        stopped.set(true);
        thread.join();
      };
    }
  },

  PROCESS("2 processes") {
    @Override
    AutoCloseable start(Budgets budgets, Path home, int keys)
        throws IOException, BenchmarkException {
      Process process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx128m",
                      "-cp",
                      System.getProperty("java.class.path"),
                      PairWorker.class.getName(),
                      home.toString(),
                      Integer.toString(keys)))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      if (!"ready".equals(out.readLine())) {
        throw new BenchmarkException("the other process did not start");
      }
      return () -> {
        process.getOutputStream().close();
        process.waitFor();
      };
    }
  };

  private static final int CALLS = 1_000;

  private final String label;

  Rival(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  abstract AutoCloseable start(Budgets budgets, Path home, int keys)
      throws IOException, BenchmarkException;
}
