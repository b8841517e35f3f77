package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.engine.attribution.ApiKeyFingerprint;
import io.tokenmeter.javaagent.programs.WhoPays;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Who pays for a metered call, from every source, as the call log has it. */
final class AttributionIT {
  private static final String KEY = "sk-of-the-ranking-team";
  private static final String SALT = "0123456789abcdef";
  private static final Map<String, String> BY_CONFIGURATION =
      Map.of("team", "configured", "project", "p");
  private static final Map<String, String> BY_CODE =
      Map.of("team", "code", "user", "ann", "project", "p");

  @TempDir private Path home;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        home.resolve("tokenmeter.yaml"),
        """
        attribution: { team: configured, project: p }
        api-key-salt: %s
        api-keys:
          - { fingerprint: %s, team: ranking }
        calls: { file: calls.jsonl }
        """
            .formatted(SALT, ApiKeyFingerprint.open(home, Optional.of(SALT)).of(KEY)));
  }

  @Test
  void attribution_ofTheCode_goesOverThatOfTheConfigurationAndOverExecutors() throws IOException {
    program().arguments("nobody", "scope", "executor", "once").run().orThrow();

    assertThat(payers())
        .containsOnly(
            Map.entry("nobody", BY_CONFIGURATION),
            Map.entry("scope", BY_CODE),
            Map.entry("after-scope", BY_CONFIGURATION),
            Map.entry("executor", BY_CODE),
            Map.entry("once", BY_CODE));
  }

  @Test
  void attribution_ofTheCode_goesOverVirtualThreads() throws IOException {
    if (ForkedJvm.hasVirtualThreads()) {
      program().arguments("virtual").run().orThrow();

      assertThat(payers()).containsOnly(Map.entry("virtual", BY_CODE));
    }
  }

  @Test
  void attribution_ofTheKeysOwner_isFoundByItsFingerprint() throws IOException {
    program().arguments("key=" + KEY, "nobody").run().orThrow();

    assertThat(payers())
        .containsOnly(
            Map.entry("key", Map.of("team", "ranking", "project", "p")),
            Map.entry("nobody", BY_CONFIGURATION));
  }

  @Test
  void attribution_ofTheBaggage_goesOverTheConfigurationsAndUnderTheCodes() throws IOException {
    program().classPath(openTelemetry()).arguments("baggage").run().orThrow();

    assertThat(payers())
        .containsOnly(
            Map.entry("baggage", Map.of("team", "carried", "user", "bea", "project", "p")),
            Map.entry("baggage-and-scope", BY_CODE));
  }

  /** Without an OpenTelemetry of the application's there is the header only. */
  @Test
  void attribution_ofTheBaggageHeader_isReadByTheAgentsOwnTelemetry() throws IOException {
    program()
        .property("tokenmeter.otel.endpoint", "http://127.0.0.1:9")
        .arguments("header")
        .run()
        .orThrow();

    assertThat(payers())
        .containsOnly(
            Map.entry("header", Map.of("team", "carried", "user", "bea", "project", "p")));
  }

  private ForkedJvm program() {
    return ForkedJvm.running(WhoPays.class)
        .classPathOf(TokenMeter.class, Logger.class)
        .property("tokenmeter.config", home.resolve("tokenmeter.yaml"))
        .home(home);
  }

  private static List<Path> openTelemetry() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> entry.contains("opentelemetry"))
        .map(Path::of)
        .toList();
  }

  /** Who paid for each model. */
  private Map<String, Map<String, String>> payers() throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, Map<String, String>> payers = new LinkedHashMap<>();
    for (String line : Files.readAllLines(home.resolve("calls.jsonl"))) {
      JsonNode call = json.readTree(line);
      Map<String, String> attribution = new LinkedHashMap<>();
      call.path("attribution")
          .fields()
          .forEachRemaining(entry -> attribution.put(entry.getKey(), entry.getValue().asText()));
      payers.put(call.path("request_model").asText(), attribution);
    }
    return payers;
  }
}
