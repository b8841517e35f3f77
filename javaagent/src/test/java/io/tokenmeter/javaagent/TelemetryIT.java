package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.javaagent.programs.TracedCall;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telemetry over the OpenTelemetry that the application brings itself. */
final class TelemetryIT {
  @TempDir private Path home;

  @Test
  void call_underASpanOfTheApplication_isItsChildInTheApplicationsOwnSdk() {
    List<Path> openTelemetry =
        Stream.of(System.getProperty("java.class.path").split(":"))
            .filter(entry -> entry.contains("opentelemetry"))
            .map(Path::of)
            .toList();

    Result result =
        ForkedJvm.running(TracedCall.class).classPath(openTelemetry).home(home).run().orThrow();

    assertThat(result.values("span")).containsExactly("chat gpt-4o-mini CLIENT child=true");
    assertThat(result.values("metric"))
        .contains(
            "gen_ai.client.token.usage",
            "gen_ai.client.operation.duration",
            "tokenmeter.tokens",
            "tokenmeter.cost",
            "tokenmeter.calls");
  }
}
