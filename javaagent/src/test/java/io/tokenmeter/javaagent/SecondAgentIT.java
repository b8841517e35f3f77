package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.javaagent.programs.PlainCalls;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import kotlin.Unit;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenTelemetry's agent in the same JVM, which weaves the same classes. */
final class SecondAgentIT {
  private static final Path OPEN_TELEMETRY =
      Path.of(System.getProperty("tokenmeter.test.otel", "target/opentelemetry-javaagent.jar"))
          .toAbsolutePath();

  @TempDir private Path home;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void calls_underBothAgents_areTheSameAndCountedOnce(boolean oursFirst) {
    Result without = program().withoutAgent().run().orThrow();
    Path ours = ForkedJvm.agentJar();
    Result with =
        program()
            .agent(oursFirst ? OPEN_TELEMETRY : ours)
            .jvmArguments("-javaagent:" + (oursFirst ? ours : OPEN_TELEMETRY))
            .environment("OTEL_TRACES_EXPORTER", "none")
            .environment("OTEL_METRICS_EXPORTER", "none")
            .environment("OTEL_LOGS_EXPORTER", "none")
            .environment("OTEL_PROPAGATORS", "none") // they are seen in the requests
            .home(home)
            .property("tokenmeter.calls.file", home.resolve("calls.jsonl"))
            .run()
            .orThrow();

    assertThat(with.stderr()).as("the other agent").contains("opentelemetry-javaagent - version");
    assertThat(with.stdout()).isEqualTo(without.stdout());
    assertThat(with.stderr()).doesNotContain("[tokenmeter]");
    assertThat(home.resolve("calls.jsonl")).content().hasLineCount(8).doesNotContain("abandoned");
  }

  private static ForkedJvm program() {
    return ForkedJvm.running(PlainCalls.class)
        .classPath(
            Stream.of(OkHttpClient.class, Buffer.class, Unit.class)
                .map(ForkedJvm::locationOf)
                .toList())
        .jvmArguments("-Xmx400m")
        .timeout(Duration.ofMinutes(2));
  }
}
