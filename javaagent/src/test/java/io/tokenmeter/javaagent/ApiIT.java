package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.engine.Engine;
import io.tokenmeter.javaagent.programs.ApiCopies;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import io.tokenmeter.providers.Dialects;
import io.tokenmeter.tokenizers.Encodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.snakeyaml.engine.v2.api.Load;

/** The API with the agent, with the embedded engine, and with neither. */
final class ApiIT {
  @TempDir private Path home;
  private Path configuration;

  @BeforeEach
  void configure() throws IOException {
    configuration =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            """
            budgets:
              rules:
                - name: search
                  match: { team: search }
                  limit: 1000 tokens
                  window: day
            """);
  }

  @Test
  void copiesInTwoClassLoaders_shareTheAgentsBudgetsAndAttribution() {
    Result result =
        ForkedJvm.running(ApiCopies.class)
            .classPathOf(TokenMeter.class, Logger.class)
            .home(home)
            .property("tokenmeter.config", configuration)
            .run()
            .orThrow();

    assertThat(result.values("before")).containsExactly("own AGENT {} reserved=0");
    assertThat(result.values("within")).containsExactly("own AGENT {team=search} reserved=300");
    assertThat(result.values("here")).containsExactly("own AGENT {team=search} reserved=300");
    assertThat(result.values("after")).containsExactly("own AGENT {} reserved=0");
  }

  @Test
  void withoutAgent_withTheEngineOnTheClassPath_isEmbedded() {
    Result result =
        ForkedJvm.running(ApiCopies.class)
            .classPathOf(
                TokenMeter.class,
                Logger.class,
                Engine.class,
                Dialects.class,
                Encodings.class,
                JsonFactory.class,
                Load.class)
            .withoutAgent()
            .home(home)
            .property("tokenmeter.config", configuration)
            .run()
            .orThrow();

    assertThat(result.values("here")).containsExactly("own EMBEDDED {team=search} reserved=300");
    // Two engines in one JVM, one a class loader, meet in the ledger; only the agent joins scopes.
    assertThat(result.values("within")).containsExactly("own EMBEDDED {} reserved=300");
    assertThat(result.values("after")).containsExactly("own EMBEDDED {} reserved=0");
  }

  @Test
  void withNeither_everyReservationSucceeds() {
    Result result =
        ForkedJvm.running(ApiCopies.class)
            .classPathOf(TokenMeter.class, Logger.class)
            .withoutAgent()
            .home(home)
            .run()
            .orThrow();

    assertThat(result.values("here")).containsExactly("own NONE {team=search} reserved=-1");
  }
}
