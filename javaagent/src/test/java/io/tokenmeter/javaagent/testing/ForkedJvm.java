package io.tokenmeter.javaagent.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program in a JVM of its own, with the agent that users attach (the packed jar) or without.
 *
 * <p>{@code -Dtokenmeter.test.java=<java home>} selects the JVM; {@code -Dtokenmeter.test.agent}
 * the jar. Nothing of the test's own environment that could reach the agent ({@code TOKENMETER_*},
 * {@code OTEL_*}, {@code JAVA_TOOL_OPTIONS}) is handed down, and the state directory is one that
 * the test names.
 */
public final class ForkedJvm {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final List<String> jvmArguments = new ArrayList<>();
  private final List<String> classPath = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> properties = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path javaHome = javaHome();
  private Path agent = agentJar();
  private boolean attached = true;
  private Duration timeout = DEFAULT_TIMEOUT;
  private String main;

  private ForkedJvm() {}

  /** A program by its main class, on the test's own compiled classes; add libraries to it. */
  public static ForkedJvm running(Class<?> main) {
    return running(main.getName()).classPath(locationOf(main));
  }

  /** A program by its main class's name, with an empty class path. */
  public static ForkedJvm running(String main) {
    ForkedJvm jvm = new ForkedJvm();
    jvm.main = requireNonNull(main, "main");
    return jvm;
  }

  /** The JVM under test. */
  public static Path javaHome() {
    return Path.of(System.getProperty("tokenmeter.test.java", System.getProperty("java.home")));
  }

  /** Whether the JVM under test has virtual threads, by what its own release file says. */
  public static boolean hasVirtualThreads() {
    Path release = javaHome().resolve("release");
    try {
      return Files.readAllLines(release).stream()
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(
              line ->
                  Runtime.Version.parse(line.substring(line.indexOf('=') + 1).replace("\"", "")))
          .anyMatch(version -> version.feature() >= 21);
    } catch (IOException e) {
      throw new UncheckedIOException(release + " does not say which Java this is", e);
    }
  }

  /** The jar that users attach. */
  public static Path agentJar() {
    return Path.of(System.getProperty("tokenmeter.test.agent", "target/tokenmeter.jar"))
        .toAbsolutePath();
  }

  /** Where a class was loaded from: a jar or a folder of classes. */
  public static Path locationOf(Class<?> type) {
    return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toPath();
  }

  /** The jars (and folders) of a class path, such as one that the build wrote into a property. */
  public static List<Path> split(String path) {
    return Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
  }

  public ForkedJvm javaHome(Path home) {
    javaHome = home;
    return this;
  }

  /** Another jar to attach than the packed one. */
  public ForkedJvm agent(Path jar) {
    agent = jar;
    return this;
  }

  public ForkedJvm withoutAgent() {
    attached = false;
    return this;
  }

  public ForkedJvm classPath(Path... entries) {
    return classPath(List.of(entries));
  }

  public ForkedJvm classPath(List<Path> entries) {
    entries.forEach(entry -> classPath.add(entry.toString()));
    return this;
  }

  /** Adds the jars that hold these classes. */
  public ForkedJvm classPathOf(Class<?>... types) {
    Set<Path> jars = new LinkedHashSet<>();
    Arrays.stream(types).forEach(type -> jars.add(locationOf(type)));
    return classPath(List.copyOf(jars));
  }

  /** Such as {@code -Xmx64m}. */
  public ForkedJvm jvmArguments(String... values) {
    jvmArguments.addAll(List.of(values));
    return this;
  }

  public ForkedJvm property(String name, Object value) {
    properties.put(name, value.toString());
    return this;
  }

  public ForkedJvm environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** {@code tokenmeter.home}. */
  public ForkedJvm home(Path directory) {
    return property("tokenmeter.home", directory);
  }

  public ForkedJvm arguments(Object... values) {
    Arrays.stream(values).map(Object::toString).forEach(arguments::add);
    return this;
  }

  public ForkedJvm timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  /**
   * Starts the program and waits for its end.
   *
   * @throws AssertionError if it does not end in time; says what it printed until then
   */
  public Result run() {
    Running running = start();
    return running.await(timeout);
  }

  /** Starts the program; several may run at once. Close it. */
  public Running start() {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.environment().keySet().removeIf(ForkedJvm::reachesTheAgent);
    builder.environment().putAll(environment);
    try {
      return new Running(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.add("-Xmx128m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(jvmArguments);
    if (attached) {
      if (!Files.isRegularFile(agent)) {
        throw new AssertionError("no agent at " + agent + "; mvn package builds it");
      }
      command.add("-javaagent:" + agent);
    }
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    if (!classPath.isEmpty()) {
      command.add("-cp");
      command.add(String.join(File.pathSeparator, classPath));
    }
    command.add(main);
    command.addAll(arguments);
    return command;
  }

  private static boolean reachesTheAgent(String variable) {
    return variable.startsWith("TOKENMETER_")
        || variable.startsWith("OTEL_")
        || variable.equals("JAVA_TOOL_OPTIONS")
        || variable.equals("JDK_JAVA_OPTIONS");
  }

  /** A program that was started. */
  public static final class Running implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<String> stdout;
    private final CompletableFuture<String> stderr;

    private Running(Process process) {
      this.process = process;
      this.stdout =
          CompletableFuture.supplyAsync(() -> drain(process.getInputStream()), Running::reader);
      this.stderr =
          CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()), Running::reader);
    }

    public Process process() {
      return process;
    }

    public Result await(Duration limit) {
      try (this) {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "not over after " + limit + "\n" + stdout.join() + "\n" + stderr.join());
        }
        return new Result(process.exitValue(), stdout.join(), stderr.join());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }

    /** A thread a pipe: one that nobody reads would stop the program when it is full. */
    private static void reader(Runnable task) {
      Thread thread = new Thread(task, "forked-jvm-output");
      thread.setDaemon(true);
      thread.start();
    }

    private static String drain(InputStream stream) {
      try (stream) {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** How a program ended and what it printed. */
  public record Result(int exitCode, String stdout, String stderr) {
    /** This result, if the program ended well. */
    public Result orThrow() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + "\n" + stdout + "\n" + stderr);
      }
      return this;
    }

    /** The lines of {@link #stdout} that start with {@code key=}, without it. */
    public List<String> values(String key) {
      return stdout
          .lines()
          .filter(line -> line.startsWith(key + "="))
          .map(line -> line.substring(key.length() + 1))
          .toList();
    }
  }
}
