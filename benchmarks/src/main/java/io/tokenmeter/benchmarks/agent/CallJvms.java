package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A {@link CallDriver} a variant, all alive at the same time; one works while the others wait. */
final class CallJvms implements AutoCloseable {
  static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m");

  private static final double NANOS_A_MICRO = 1e3;

  private final Map<Variant, ChildJvm> jvms = new EnumMap<>(Variant.class);
  private long callsEach;

  static CallJvms start(
      Launcher launcher, WorkDirectory work, String baseUrl, List<String> tokenmeterFlags)
      throws IOException, BenchmarkException {
    CallJvms drivers = new CallJvms();
    try {
      for (Variant variant : Variant.values()) {
        drivers.start(launcher, variant, work, baseUrl, tokenmeterFlags);
      }
      return drivers;
    } catch (IOException | BenchmarkException | RuntimeException failed) {
      drivers.close();
      throw failed;
    }
  }

  private void start(
      Launcher launcher,
      Variant variant,
      WorkDirectory work,
      String baseUrl,
      List<String> tokenmeterFlags)
      throws IOException, BenchmarkException {
    List<String> flags = new ArrayList<>(FLAGS);
    if (variant == Variant.TOKENMETER) {
      flags.addAll(tokenmeterFlags);
    }
    ChildJvm jvm =
        ChildJvm.start(
            launcher.command(variant, work, flags, CallDriver.class, baseUrl),
            work.file(variant + ".err"));
    jvms.put(variant, jvm);
    jvm.nextReply();
  }

  /** Lets every variant make the same calls, in the order of this round. */
  Map<Variant, Samples> run(int round, Burst burst) throws IOException, BenchmarkException {
    Map<Variant, Samples> micros = new EnumMap<>(Variant.class);
    for (Variant variant : Rounds.order(round)) {
      micros.put(variant, micros(Objects.requireNonNull(jvms.get(variant)).ask(burst.line())));
    }
    callsEach += burst.calls();
    return micros;
  }

  private static Samples micros(String nanos) {
    return Samples.of(
        Arrays.stream(nanos.split(" ", -1))
            .mapToDouble(text -> Long.parseLong(text) / NANOS_A_MICRO)
            .toArray());
  }

  /** Calls that each variant has made. */
  long callsEach() {
    return callsEach;
  }

  /** Waits for the programs' ends, so that what they write is complete. */
  @Override
  public void close() throws IOException {
    for (ChildJvm jvm : jvms.values()) {
      jvm.close();
    }
  }
}
