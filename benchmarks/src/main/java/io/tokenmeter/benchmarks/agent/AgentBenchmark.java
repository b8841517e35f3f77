package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Latency that agents add to calls of openai-java. Three client JVMs (no agent, ours, the
 * OpenTelemetry agent) live side by side and take turns in calling one server on loopback, so that
 * whatever else the machine does hits all of them alike.
 *
 * @param rounds how often each variant has its turn at each scenario
 * @param calls measured calls a turn, of the cheapest kind
 * @param config settings for our agent; without them it is measured with its defaults
 */
public record AgentBenchmark(int rounds, int calls, Optional<Path> config, Launcher launcher) {
  private static final String ROUNDS = "--rounds";
  private static final String CALLS = "--calls";
  private static final String CONFIG = "--config";
  private static final int DEFAULT_ROUNDS = 60;
  private static final int DEFAULT_CALLS = 200;
  private static final int MAX = 100_000;

  private static final int WARM_UP_ROUNDS = 18;
  private static final int WARM_UP_CALLS = 400;

  /** One call in so many more, at the start of a turn, is not measured. */
  private static final int SETTLING = 10;

  public static AgentBenchmark parse(List<String> args) throws UsageException {
    Set<String> options = new HashSet<>(Launcher.OPTIONS);
    options.addAll(List.of(ROUNDS, CALLS, CONFIG));
    Arguments arguments = Arguments.parse(args, options);
    return new AgentBenchmark(
        arguments.count(ROUNDS, DEFAULT_ROUNDS, MAX),
        arguments.count(CALLS, DEFAULT_CALLS, MAX),
        arguments.has(CONFIG) ? Optional.of(arguments.file(CONFIG)) : Optional.empty(),
        Launcher.parse(arguments));
  }

  /**
   * @param out gets the table and the figures
   * @param progress is told what is going on
   */
  public void run(PrintStream out, PrintStream progress) throws IOException, BenchmarkException {
    try (WorkDirectory work = WorkDirectory.create();
        Provider provider = Provider.start(launcher, work)) {
      Path callLog = work.file("calls.jsonl");
      Map<Scenario, LatencyRounds> measured;
      long callsEach;
      try (CallJvms jvms =
          CallJvms.start(launcher, work, provider.baseUrl(), tokenmeterFlags(callLog))) {
        warmUp(jvms, progress);
        measured = measure(jvms, progress);
        callsEach = jvms.callsEach();
      }
      LatencyReport report = new LatencyReport(measured);
      out.print(launcher.description());
      config.ifPresent(file -> out.println("Configuration: " + file));
      out.println(shape());
      out.println(report.table());
      check(callsEach, MeteredCalls.count(callLog), provider.requests());
      out.println("Each variant made " + callsEach + " calls; all are in tokenmeter's call log.");
      out.println(report.figures());
    }
  }

  private List<String> tokenmeterFlags(Path callLog) {
    List<String> flags = new ArrayList<>();
    flags.add(Launcher.callLogFlag(callLog));
    config.ifPresent(file -> flags.add("-Dtokenmeter.config=" + file));
    return flags;
  }

  private static void warmUp(CallJvms jvms, PrintStream progress)
      throws IOException, BenchmarkException {
    progress.print("Warm-up ");
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (Scenario scenario : Scenario.values()) {
        jvms.run(round, new Burst(scenario, -1 - round, 0, scenario.share(WARM_UP_CALLS)));
      }
      progress.print('.');
    }
    progress.println();
  }

  private Map<Scenario, LatencyRounds> measure(CallJvms jvms, PrintStream progress)
      throws IOException, BenchmarkException {
    Map<Scenario, LatencyRounds> measured = new EnumMap<>(Scenario.class);
    for (Scenario scenario : Scenario.values()) {
      progress.print("Measuring: " + scenario.label() + " ");
      LatencyRounds latencies = new LatencyRounds();
      for (int round = 0; round < rounds; round++) {
        latencies.add(jvms.run(round, burst(scenario, round)));
        progress.print('.');
      }
      measured.put(scenario, latencies);
      progress.println();
    }
    return measured;
  }

  private Burst burst(Scenario scenario, int round) {
    int share = scenario.share(calls);
    return new Burst(scenario, round, Math.max(1, share / SETTLING), share);
  }

  private String shape() {
    StringBuilder shape = new StringBuilder("JVM flags:     " + String.join(" ", CallJvms.FLAGS));
    shape.append("; ").append(rounds).append(" rounds of ");
    for (Scenario scenario : Scenario.values()) {
      shape.append(scenario.ordinal() == 0 ? "" : " / ").append(scenario.share(calls));
    }
    return shape.append(" calls a variant, in turn\n").toString();
  }

  /** Figures of an agent that did nothing would be worthless. */
  static void check(long callsEach, long metered, Provider.Requests requests)
      throws BenchmarkException {
    if (requests.all() != callsEach * Variant.values().length) {
      throw new BenchmarkException(
          "the server saw %d requests; expected %d from each of %d clients"
              .formatted(requests.all(), callsEach, Variant.values().length));
    }
    if (requests.traced() != callsEach) {
      throw new BenchmarkException(
          "%d requests carried a trace; expected the %d of the OpenTelemetry agent's client"
              .formatted(requests.traced(), callsEach));
    }
    if (metered != callsEach) {
      throw new BenchmarkException(
          "tokenmeter's call log has %d metered calls; expected all %d of its client"
              .formatted(metered, callsEach));
    }
  }
}
