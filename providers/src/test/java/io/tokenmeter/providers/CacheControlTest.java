package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.TokenClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheControlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"type":"text","text":"Hi"}                                                          | UNCACHED_INPUT
          {"type":"text","text":"say \\"cache_control\\""}                                     | UNCACHED_INPUT
          {"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}                     | CACHE_WRITE_5M
          {"type":"text","text":"Hi","cache_control":{"type":"ephemeral","ttl":"1h"}}          | CACHE_WRITE_1H
          """)
  void request_withCacheControl_mayBeBilledAsCacheWrites(String block, TokenClass expected) {
    String body =
        "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":["
            + block
            + "]}]}";

    LlmRequest request =
        Dialects.find("POST", "api.anthropic.com", "/v1/messages")
            .readRequest("/v1/messages", body.getBytes(UTF_8));

    assertThat(request.dearestInput()).isEqualTo(expected);
  }
}
