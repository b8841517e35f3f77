package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalTest {
  private static final String MESSAGE = "budget \"team\" is used up";

  @Test
  void refusalBody_isTheProvidersOwn() {
    assertThat(refusal("/v1/chat/completions"))
        .isEqualTo(
            "{\"error\":{\"message\":\"budget \\\"team\\\" is used up\","
                + "\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"insufficient_quota\"}}");
    assertThat(refusal("/v1/messages"))
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
                + "\"message\":\"budget \\\"team\\\" is used up\"}}");
    assertThat(refusal("/v1beta/models/g:generateContent"))
        .isEqualTo(
            "{\"error\":{\"code\":429,\"message\":\"budget \\\"team\\\" is used up\","
                + "\"status\":\"RESOURCE_EXHAUSTED\"}}");
  }

  private static String refusal(String path) {
    return new String(Dialects.find("POST", "localhost", path).refusalBody(MESSAGE), UTF_8);
  }
}
