package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;

/**
 * Builds the command lines of measured programs, which differ by nothing but their agent.
 *
 * @param java the command
 * @param tokenmeterJar our agent
 * @param openTelemetryJar the agent that it is compared with
 */
record Launcher(Path java, Path tokenmeterJar, Path openTelemetryJar) {
  private static final String JAVA = "--java";
  private static final String TOKENMETER_JAR = "--jar";
  private static final String OPEN_TELEMETRY_JAR = "--otel-jar";

  /** What {@link #parse} reads. */
  static final Set<String> OPTIONS = Set.of(JAVA, TOKENMETER_JAR, OPEN_TELEMETRY_JAR);

  private static final double MEGABYTE = 1e6;

  static Launcher parse(Arguments arguments) throws UsageException {
    return new Launcher(
        arguments.java(JAVA), arguments.file(TOKENMETER_JAR), arguments.file(OPEN_TELEMETRY_JAR));
  }

  /**
   * @param work stands in for the user's home directory too, where our agent keeps its state
   */
  List<String> command(
      Variant variant,
      WorkDirectory work,
      List<String> jvmFlags,
      Class<?> program,
      String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.add("-Duser.home=" + work.path());
    command.addAll(agentFlags(variant));
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private List<String> agentFlags(Variant variant) {
    return switch (variant) {
      case NONE -> List.of();
      case TOKENMETER -> List.of("-javaagent:" + tokenmeterJar);
      case OPEN_TELEMETRY ->
          List.of(
              "-javaagent:" + openTelemetryJar,
              "-Dotel.traces.exporter=none",
              "-Dotel.metrics.exporter=none",
              "-Dotel.logs.exporter=none");
    };
  }

  /** The agents, for people. */
  String description() throws IOException {
    return """
        tokenmeter:    its defaults (every call counted and priced, nothing refused), state in a
                       temporary directory; besides, the call log is on, to prove what was metered
        OpenTelemetry: javaagent %s, its defaults, but exporters for traces, metrics and
                       logs are "none"
        Java:          %s
        """
        .formatted(openTelemetryVersion(), java);
  }

  private String openTelemetryVersion() throws IOException {
    try (JarFile jar = new JarFile(openTelemetryJar.toFile())) {
      return jar.getManifest().getMainAttributes().getValue("Implementation-Version");
    }
  }

  double tokenmeterMegabytes() throws IOException {
    return Files.size(tokenmeterJar) / MEGABYTE;
  }

  /** Switches our agent's call log on. */
  static String callLogFlag(Path file) {
    return "-Dtokenmeter.calls.file=" + file;
  }
}
