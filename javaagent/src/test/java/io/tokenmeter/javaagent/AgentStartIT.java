package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.javaagent.programs.HelloWorld;
import io.tokenmeter.javaagent.programs.InterruptedCall;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed jar, attached to programs that call no model. */
final class AgentStartIT {
  @TempDir private Path directory;

  @Test
  void start_helloWorld_printsNothingOfItsOwn() {
    assertThat(ForkedJvm.running(HelloWorld.class).run()).isEqualTo(hello(""));
  }

  @Test
  void start_configuredHelloWorld_printsNothingOfItsOwn() {
    Result result = ForkedJvm.running(HelloWorld.class).home(directory).run();

    assertThat(result).isEqualTo(hello(""));
    assertThat(directory).isDirectoryContaining(file -> file.toString().contains("ledger"));
  }

  @Test
  void start_programFromItsSource_isNotTakenForTheCompiler() throws IOException {
    Path source =
        Files.writeString(
            directory.resolve("Hello.java"),
            "class Hello { public static void main(String[] a) { System.out.println(\"hello\"); } }");

    Result result = ForkedJvm.running(source.toString()).home(directory.resolve("home")).run();

    assertThat(result).isEqualTo(hello(""));
    assertThat(directory.resolve("home")).isNotEmptyDirectory();
  }

  /** Or the working directory would get a state directory of its own. */
  @Test
  void start_forAnUnknownUser_isAtHomeWhereTheVariableSays() throws IOException {
    Path home = Files.createDirectories(directory.resolve("home/.tokenmeter")).getParent();
    Files.writeString(home.resolve(".tokenmeter/tokenmeter.yaml"), "attribution: {team: search}\n");

    Result result =
        ForkedJvm.running(HelloWorld.class)
            .property("user.home", "?")
            .environment("HOME", home.toString())
            .run();

    assertThat(result).isEqualTo(hello(""));
    assertThat(home.resolve(".tokenmeter"))
        .isDirectoryContaining(file -> file.toString().endsWith(".tm"));
  }

  /** The agent has a copy of SLF4J, which the application's settings are not meant for. */
  @Test
  void start_whereTheApplicationSetsItsLoggingUp_printsNothingOfItsOwn() {
    Result result =
        ForkedJvm.running(HelloWorld.class)
            .home(directory)
            .property("slf4j.provider", "com.example.Provider")
            .property("slf4j.internal.verbosity", "DEBUG")
            .run();

    assertThat(result).isEqualTo(hello(""));
  }

  /** As in a container where JAVA_TOOL_OPTIONS attaches the agent to all that runs. */
  @Test
  void start_underTheCommandLine_leavesItAlone() throws IOException {
    Path copy = Files.copy(ForkedJvm.agentJar(), directory.resolve("tokenmeter.jar"));

    Result result =
        ForkedJvm.running("-jar")
            .property("tokenmeter.config", wrong("fail-closed: true\n"))
            .home(directory.resolve("state"))
            .arguments(copy, "doctor")
            .run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("tokenmeter.yaml:4", "keeps the application from starting");
    assertThat(result.stderr()).isEmpty();
    assertThat(directory.resolve("state")).doesNotExist();
  }

  /** As in a container, or a cron job. */
  @Test
  void commandLine_withoutALocale_writesUtf8() throws IOException {
    try (Ledger ledger = Ledger.open(directory, Clock.systemUTC())) {
      ledger.spend().add(Map.of("team", "Gr\u00f6\u00dfe"), 1, 1, true, Instant.now());
    }

    Result result =
        ForkedJvm.running("-jar")
            .environment("LC_ALL", "C")
            .home(directory)
            .arguments(ForkedJvm.agentJar(), "report", "--by", "team", "--format", "csv")
            .run();

    assertThat(result.stdout()).contains("\"Gr\u00f6\u00dfe\",1,0,1,0.000000001");
    assertThat(result.stderr()).isEmpty();
  }

  /** An interrupt closes the files that its thread opens. */
  @Test
  void start_withTheFirstCallOfAnInterruptedThread_sharesItsBudgetsAsEver() {
    Result result =
        ForkedJvm.running(InterruptedCall.class).property("user.home", directory).run().orThrow();

    assertThat(result.values("interrupted")).containsExactly("true");
    assertThat(result.stderr()).isEmpty();
    assertThat(directory.resolve(".tokenmeter"))
        .isDirectoryContaining(file -> file.toString().endsWith(".tm"));
    assertThat(result.values("busy")).as("the meter's thread is busy").containsExactly("false");
  }

  @Test
  void start_attachedTwice_saysSoAndWorks() {
    Result result =
        ForkedJvm.running(HelloWorld.class)
            .jvmArguments("-javaagent:" + ForkedJvm.agentJar())
            .run();

    assertThat(result)
        .isEqualTo(hello("[tokenmeter] WARN The agent is attached already; once is enough\n"));
  }

  @Test
  void start_damagedJar_leavesTheApplicationRunning() throws IOException {
    Path damaged = Files.copy(ForkedJvm.agentJar(), directory.resolve("tokenmeter.jar"));
    try (FileSystem jar =
        FileSystems.newFileSystem(URI.create("jar:" + damaged.toUri()), Map.of())) {
      Files.write(jar.getPath("inst/java/lang/TokenMeterBridge.classdata"), new byte[] {1, 2, 3});
    }

    Result result = ForkedJvm.running(HelloWorld.class).agent(damaged).run();

    assertThat(result.stdout()).isEqualTo("hello\n");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stderr())
        .startsWith("[tokenmeter] WARN The agent could not start; the application runs on")
        .hasLineCount(1);
  }

  @Test
  void start_wrongConfiguration_saysSoAndObserves() throws IOException {
    Result result =
        ForkedJvm.running(HelloWorld.class).property("tokenmeter.config", wrong("")).run();

    assertThat(result.stdout()).isEqualTo("hello\n");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stderr()).contains("[tokenmeter] ERROR").contains("tokenmeter.yaml");
  }

  @Test
  void start_wrongConfigurationFailClosed_stopsTheJvm() throws IOException {
    Result result =
        ForkedJvm.running(HelloWorld.class)
            .property("tokenmeter.config", wrong("fail-closed: true\n"))
            .run();

    assertThat(result.stdout()).isEmpty();
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr()).contains("tokenmeter.yaml").contains("is not started");
  }

  @ParameterizedTest
  @ValueSource(strings = {"javac -version", "keytool -help", "jcmd -l", "jar --version"})
  void start_jdkTool_isSilent(String command) throws Exception {
    String without = tool(command, null);

    assertThat(
            tool(command, "-javaagent:" + ForkedJvm.agentJar() + " -Dtokenmeter.home=/dev/null/x"))
        .isEqualTo(without);
  }

  /** What it prints, without the line of the JVM itself and the processes that come and go. */
  private static String tool(String command, String options) throws Exception {
    String[] parts = command.split(" ");
    ProcessBuilder builder =
        new ProcessBuilder(
                ForkedJvm.javaHome().resolve("bin").resolve(parts[0]).toString(), parts[1])
            .redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    if (options != null) {
      builder.environment().put("JAVA_TOOL_OPTIONS", options);
    }
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.startsWith("Picked up ") && !line.matches("\\d+ .*"))
            .toList();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + String.join("\n", lines);
  }

  private Path wrong(String before) throws IOException {
    return Files.writeString(
        directory.resolve("tokenmeter.yaml"),
        before + "budgets:\n  rules:\n    - name: broken\n      limit: a lot\n");
  }

  private static Result hello(String stderr) {
    return new Result(0, "hello\n", stderr);
  }
}
