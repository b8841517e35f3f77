package io.tokenmeter.benchmarks.budgets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.benchmarks.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** A running {@link StressWorker}. */
final class StressProcess implements AutoCloseable {
  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  StressProcess(Path home, String name, int threads) throws IOException, BenchmarkException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StressWorker.class.getName(),
                    home.toString(),
                    name,
                    Integer.toString(threads)))
            .redirectError(ProcessBuilder.Redirect.appendTo(home.resolve("errors").toFile()))
            .start();
    in = new PrintWriter(process.outputWriter(UTF_8), true);
    out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    expect("ready");
  }

  void tell(String line) {
    in.println(line);
  }

  void expect(String answer) throws IOException, BenchmarkException {
    String line = out.readLine();
    if (!answer.equals(line)) {
      throw new BenchmarkException("a worker said " + line + " and not " + answer);
    }
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
