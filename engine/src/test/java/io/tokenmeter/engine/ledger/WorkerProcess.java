package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A forked JVM that runs {@link LedgerWorker}, or another class that answers line by line. */
final class WorkerProcess {
  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  WorkerProcess(Path directory, String... prefix) throws IOException {
    this(directory, System.getProperty("java.class.path"), List.of(prefix));
  }

  WorkerProcess(Path directory, String classPath, List<String> prefix) throws IOException {
    this(directory, classPath, prefix, LedgerWorker.class);
  }

  WorkerProcess(Path directory, Class<?> main) throws IOException {
    this(directory, System.getProperty("java.class.path"), List.of(), main);
  }

  private WorkerProcess(Path directory, String classPath, List<String> prefix, Class<?> main)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            main.getName(),
            directory.toString()));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  void tell(String line) {
    in.println(line);
  }

  String answer() throws IOException {
    String line = out.readLine();
    assertThat(line).as("the worker's answer").isNotNull();
    return line;
  }

  String ask(String line) throws IOException {
    tell(line);
    return answer();
  }

  long pid() {
    return process.pid();
  }

  /** Stops or goes on, as the signal says: STOP or CONT. */
  void signal(String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, "" + pid()).start().waitFor()).isZero();
  }

  /** The last line that is whole, once the process has ended; -1 if it said nothing. */
  int lastNumber() {
    int last = -1;
    try {
      int number = 0;
      for (int c = out.read(); c >= 0; c = out.read()) {
        last = c == '\n' ? number : last;
        number = c == '\n' ? 0 : 10 * number + c - '0';
      }
    } catch (IOException ended) {
      // The pipe of a process that was killed.
    }
    return last;
  }

  /** Not by the process itself, which would throw away what it said last. */
  void kill() throws Exception {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }
}
