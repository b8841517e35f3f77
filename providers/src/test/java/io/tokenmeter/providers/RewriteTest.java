package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriteTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String GENERATE = "/v1beta/models/g:generateContent";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\" : \"a\" , \"messages\":[], \"max_tokens\": 9 }"
            + " | {\"model\" : \"b\" , \"messages\":[], \"max_tokens\": 5 }",
        "{\"messages\":[],\"model\":\"a\"}"
            + " | {\"max_completion_tokens\":5,\"messages\":[],\"model\":\"b\"}",
        "{\"messages\":[{\"model\":\"x\",\"max_tokens\":1}],\"model\":\"a\\\"]\",\"max_completion_tokens\":null}"
            + " | {\"messages\":[{\"model\":\"x\",\"max_tokens\":1}],\"model\":\"b\",\"max_completion_tokens\":5}"
      })
  void rewrite_modelAndLimit_nothingElseChanges(String body, String expected) {
    assertThat(rewrite(CHAT, body, "b", 5)).isEqualTo(expected);
  }

  @Test
  void rewrite_sample_readsBackAsAsked() {
    for (Exchanges.Request request : Exchanges.requests()) {
      Dialect dialect = request.dialect();
      byte[] body = request.body().getBytes(UTF_8);
      if (dialect.operation() == Operation.EMBEDDINGS) {
        assertThat(dialect.rewrite(request.path(), body, null, 5)).as(request.path()).isNull();
        continue;
      }
      Rewritten rewritten = dialect.rewrite(request.path(), body, null, 777);

      assertThat(rewritten).as(request.path()).isNotNull();
      assertThat(rewritten.path()).isSameAs(request.path());
      LlmRequest before = dialect.readRequest(request.path(), body);
      LlmRequest after = dialect.readRequest(request.path(), rewritten.body());
      assertThat(before).isNotNull();
      assertThat(after)
          .isEqualTo(
              new LlmRequest(
                  before.provider(),
                  before.operation(),
                  before.model(),
                  before.streaming(),
                  777,
                  before.choices(),
                  before.dearestInput(),
                  before.prompt()));
    }
  }

  @Test
  void rewrite_nothingAsked_sameBytes() {
    for (Exchanges.Request request : Exchanges.requests()) {
      byte[] body = request.body().getBytes(UTF_8);

      assertThat(request.dialect().rewrite(request.path(), body, null, LlmRequest.UNLIMITED).body())
          .isEqualTo(body);
    }
  }

  @Test
  void rewrite_compatibleProvider_theNameThatItKnows() {
    Dialect groq = Dialects.find("POST", "api.groq.com", CHAT);

    assertThat(groq.rewrite(CHAT, "{\"messages\":[]}".getBytes(UTF_8), null, 5).body())
        .asString(UTF_8)
        .isEqualTo("{\"max_tokens\":5,\"messages\":[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"contents\":[]} | {\"generationConfig\":{\"maxOutputTokens\":5},\"contents\":[]}",
        "{\"contents\":[],\"generationConfig\": {} }"
            + " | {\"contents\":[],\"generationConfig\": {\"maxOutputTokens\":5} }",
        "{\"generationConfig\":{\"topK\":1}} | {\"generationConfig\":{\"maxOutputTokens\":5,\"topK\":1}}",
        "{\"generation_config\":{\"max_output_tokens\":70}} | {\"generation_config\":{\"max_output_tokens\":5}}"
      })
  void rewrite_gemini_limitInItsObject(String body, String expected) {
    assertThat(rewrite(GENERATE, body, null, 5)).isEqualTo(expected);
  }

  @Test
  void rewrite_geminiModel_isReplacedInThePathAlone() {
    String path = "/g:x/v1beta/models/g:streamGenerateContent?alt=sse&x=/g:y";
    Dialect gemini = Dialects.find("POST", "generativelanguage.googleapis.com", path);
    byte[] body = "{\"contents\": [] }".getBytes(UTF_8);

    Rewritten rewritten = gemini.rewrite(path, body, "gemini-2.5-flash", -1);

    assertThat(rewritten.path())
        .isEqualTo("/g:x/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&x=/g:y");
    assertThat(rewritten.body()).isEqualTo(body);
    assertThat(gemini.rewrite(path, body, "a/b", -1)).as("no plain name").isNull();
  }

  @Test
  void rewrite_geminiEmbedding_cannotBe() {
    assertThat(rewrite("/v1beta/models/g:embedContent", "{\"content\":{}}", "other", -1)).isNull();
  }

  @Test
  void rewrite_anthropicLimitBelowItsThinking_cannotBe() {
    assertThat(rewrite("/v1/messages", AnthropicSamples.REQUEST, null, 512)).isNull();
    assertThat(rewrite("/v1/messages", AnthropicSamples.REQUEST, null, 513)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]",
        "{\"model\":\"a\"",
        "{\"model\":\"a\",\"model\":\"b\"}",
        "{\"model\":{}}",
        "{\"max_tokens\":[1]}"
      })
  void rewrite_bodyThatNobodyCanBeSureOf_null(String body) {
    assertThat(rewrite(CHAT, body, "b", 5)).isNull();
  }

  @Test
  void rewrite_azureDeployment_isInThePathAndCannotBe() {
    String path = "/openai/deployments/d/chat/completions";

    assertThat(rewrite(path, "{\"messages\":[]}", "other", -1)).isNull();
    assertThat(rewrite(path, "{\"messages\":[]}", null, 5)).contains("max_completion_tokens");
  }

  @Test
  void rewrite_byteOrderMark_stays() {
    assertThat(rewrite(CHAT, "\uFEFF {\"model\":\"a\"}", "b", -1))
        .isEqualTo("\uFEFF {\"model\":\"b\"}");
  }

  @Test
  void rewrite_modelWithQuotes_isEscaped() {
    assertThat(rewrite(CHAT, "{\"model\":\"\u00e9\"}", "a\"b\u00fc", -1))
        .isEqualTo("{\"model\":\"a\\\"b\u00fc\"}");
  }

  private static String rewrite(String path, String body, String model, long limit) {
    Rewritten rewritten =
        Dialects.find("POST", "api.openai.com", path)
            .rewrite(path, body.getBytes(UTF_8), model, limit);
    return rewritten == null ? null : new String(rewritten.body(), UTF_8);
  }
}
