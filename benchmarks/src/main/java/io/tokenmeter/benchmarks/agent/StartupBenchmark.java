package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Time and memory that agents add to a hello-world and to a program that makes one call. Every
 * round runs each program with every variant, one process after the other.
 *
 * @param rounds counted rounds; one before them is not counted
 */
public record StartupBenchmark(int rounds, Launcher launcher) {
  private static final String ROUNDS = "--rounds";
  private static final int DEFAULT_ROUNDS = 9;
  private static final int MAX_ROUNDS = 10_000;

  private static final double NANOS_A_MILLI = 1e6;
  private static final double MEGABYTE = 1e6;

  public static StartupBenchmark parse(List<String> args) throws UsageException {
    Set<String> options = new HashSet<>(Launcher.OPTIONS);
    options.add(ROUNDS);
    Arguments arguments = Arguments.parse(args, options);
    return new StartupBenchmark(
        arguments.count(ROUNDS, DEFAULT_ROUNDS, MAX_ROUNDS), Launcher.parse(arguments));
  }

  /**
   * @param out gets the table and the figures
   * @param progress is told what is going on
   */
  public void run(PrintStream out, PrintStream progress) throws IOException, BenchmarkException {
    try (WorkDirectory work = WorkDirectory.create();
        Provider provider = Provider.start(launcher, work)) {
      Map<Program, StartupRounds> measured = new EnumMap<>(Program.class);
      for (Program program : Program.values()) {
        progress.print("Starting: " + program.label() + " ");
        measured.put(program, measure(program, work, provider, progress));
        progress.println();
      }
      StartupReport report = new StartupReport(measured, launcher.tokenmeterMegabytes());
      out.print(launcher.description());
      out.println("               the call log is on for the program that makes a call only");
      out.println("JVM flags:     none; " + rounds + " counted rounds after one of warm-up\n");
      out.println(report.table());
      out.println("The last line states for each figure the program where it is worse.");
      out.println(report.figures());
    }
  }

  private StartupRounds measure(
      Program program, WorkDirectory work, Provider provider, PrintStream progress)
      throws IOException, BenchmarkException {
    StartupRounds measured = new StartupRounds();
    for (int round = -1; round < rounds; round++) {
      for (Variant variant : Rounds.order(round + 1)) {
        Path callLog = work.file("calls-" + round + ".jsonl");
        Provider.Requests before = provider.requests();
        Run run = run(program, variant, work, provider.baseUrl(), callLog);
        if (program == Program.CLIENT) {
          check(variant, before, provider.requests(), callLog);
        }
        if (round >= 0) {
          measured.millis().add(variant, run.millis());
          measured.megabytes().add(variant, run.megabytes());
        }
      }
      progress.print('.');
    }
    return measured;
  }

  private record Run(double millis, double megabytes) {}

  private Run run(
      Program program, Variant variant, WorkDirectory work, String baseUrl, Path callLog)
      throws IOException, BenchmarkException {
    // A hello-world shows what the agent costs where nothing is set and nothing is called.
    List<String> flags =
        program == Program.CLIENT && variant == Variant.TOKENMETER
            ? List.of(Launcher.callLogFlag(callLog))
            : List.of();
    List<String> command = launcher.command(variant, work, flags, program.main(), baseUrl);
    long peakBytes;
    long start = System.nanoTime();
    try (ChildJvm jvm = ChildJvm.start(command, work.file(program + "-" + variant + ".err"))) {
      peakBytes = Long.parseLong(jvm.nextReply());
    }
    long end = System.nanoTime();
    return new Run((end - start) / NANOS_A_MILLI, peakBytes / MEGABYTE);
  }

  private static void check(
      Variant variant, Provider.Requests before, Provider.Requests after, Path callLog)
      throws IOException, BenchmarkException {
    if (after.all() != before.all() + 1) {
      throw new BenchmarkException(
          "%s: the server saw %d requests; expected one"
              .formatted(variant.label(), after.all() - before.all()));
    }
    long traced = after.traced() - before.traced();
    if (traced != (variant == Variant.OPEN_TELEMETRY ? 1 : 0)) {
      throw new BenchmarkException(
          "%s: %d requests carried a trace; expected that of the OpenTelemetry agent's client only"
              .formatted(variant.label(), traced));
    }
    if (variant == Variant.TOKENMETER && MeteredCalls.count(callLog) != 1) {
      throw new BenchmarkException(
          "tokenmeter's call log has %d metered calls of a program that made one"
              .formatted(MeteredCalls.count(callLog)));
    }
  }
}
