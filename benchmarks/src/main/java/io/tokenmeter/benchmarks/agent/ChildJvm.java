package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.benchmarks.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that answers each line on its standard input with one on its standard output. Lines that
 * are not marked as replies, an agent's banner for example, are passed over. Closing it ends its
 * standard input, and with that the program.
 */
final class ChildJvm implements AutoCloseable {
  private static final String REPLY = "@reply ";
  private static final long EXIT_WAIT_SECONDS = 20;
  private static final int ERROR_LINES = 20;

  private final Process process;
  private final Path errors;
  private final PrintWriter commands;
  private final BufferedReader output;

  private ChildJvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.commands = new PrintWriter(process.outputWriter(UTF_8), true);
    this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /**
   * @param errors where its standard error goes
   */
  static ChildJvm start(List<String> command, Path errors) throws IOException {
    return new ChildJvm(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  /** Says something to the parent; for programs that run in such a JVM. */
  static void reply(String text) {
    System.out.println(REPLY + text);
  }

  String ask(String command) throws IOException, BenchmarkException {
    commands.println(command);
    return nextReply();
  }

  /** The next thing that the program says, whether it was asked or not. */
  String nextReply() throws IOException, BenchmarkException {
    for (String line; (line = output.readLine()) != null; ) {
      if (line.startsWith(REPLY)) {
        return line.substring(REPLY.length());
      }
    }
    throw new BenchmarkException(
        "a measured program ended early; the end of its standard error:\n" + endOfErrors());
  }

  private String endOfErrors() throws IOException {
    List<String> lines = Files.readAllLines(errors);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - ERROR_LINES), lines.size()));
  }

  /** Waits for the program's end. */
  @Override
  public void close() throws IOException {
    commands.close();
    try {
      if (!process.waitFor(EXIT_WAIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
