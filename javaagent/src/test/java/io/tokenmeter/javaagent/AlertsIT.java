package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.TokenMeter;
import io.tokenmeter.javaagent.programs.AlertedSpend;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Thresholds under the packed agent. */
final class AlertsIT {
  @TempDir private Path home;

  @Test
  void threshold_webhookThatLooksLikeAModel_isPostedAndNotMetered() {
    Path configuration = home.resolve("tokenmeter.yaml");
    Path callLog = home.resolve("calls.jsonl");

    Result result =
        ForkedJvm.running(AlertedSpend.class)
            .classPathOf(TokenMeter.class, Logger.class)
            .home(home)
            .arguments(configuration.toString())
            .property("tokenmeter.calls.file", callLog)
            .run()
            .orThrow();

    assertThat(result.values("heard")).containsExactly("50 60");
    assertThat(result.values("received"))
        .singleElement()
        .asString()
        .startsWith("POST /v1/chat/completions")
        .contains("\"threshold_percent\":50", "\"used\":60");
    assertThat(callLog).content().hasLineCount(1).contains("\"input_tokens\":60");
  }
}
