package io.tokenmeter.providers;

import static io.tokenmeter.api.TokenClass.CACHE_READ;
import static io.tokenmeter.api.TokenClass.CACHE_WRITE_1H;
import static io.tokenmeter.api.TokenClass.CACHE_WRITE_5M;
import static io.tokenmeter.api.TokenClass.OUTPUT;
import static io.tokenmeter.api.TokenClass.REASONING;
import static io.tokenmeter.api.TokenClass.UNCACHED_INPUT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Usage;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicTest {
  private static final Dialect MESSAGES =
      Dialects.find("POST", "api.anthropic.com", "/v1/messages");

  @Test
  void readRequest_everythingThatIsBilled() {
    LlmRequest request =
        MESSAGES.readRequest("/v1/messages", AnthropicSamples.REQUEST.getBytes(UTF_8));

    assertThat(request).isNotNull();
    assertThat(request.provider()).isEqualTo("anthropic");
    assertThat(request.model()).isEqualTo("claude-sonnet-4-5");
    assertThat(request.streaming()).isTrue();
    assertThat(request.maxOutputTokens()).isEqualTo(1024);
    Prompt prompt = request.prompt();
    assertThat(prompt.toolChoiceForced()).isTrue();
    assertThat(prompt.responseSchema()).isEqualTo("{\"type\":\"object\"}");
    assertThat(prompt.tools())
        .containsExactly(
            new Prompt.Tool("weather", "Tells.", "{\"type\":\"object\"}"),
            new Prompt.Tool("web_search", "", ""));
    assertThat(prompt.messages())
        .containsExactly(
            new Prompt.Message("system", null, List.of(new Prompt.Text("You are terse."))),
            new Prompt.Message(
                "user",
                null,
                List.of(
                    new Prompt.Image(3, 2, Detail.AUTO),
                    new Prompt.Image(0, 0, Detail.AUTO),
                    new Prompt.Text("Notes"),
                    new Prompt.Text("A \"note\""),
                    new Prompt.File("application/pdf", 6),
                    new Prompt.Text("Describe."))),
            new Prompt.Message(
                "assistant",
                null,
                List.of(
                    new Prompt.Text("Hm"), new Prompt.ToolCall("weather", "{\"city\":\"Paris\"}"))),
            new Prompt.Message("user", null, List.of(new Prompt.Text("18 degrees"))),
            new Prompt.Message("user", null, List.of(new Prompt.Text("And now?"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"m\",\"max_tokens\":1}",
        "{\"messages\":[],\"max_tokens\":1}",
        "{\"model\":\"m\",\"messages\":{},\"max_tokens\":1}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}",
        "{\"model\":\"m\",\"messages\":[],\"max_tokens\":{}}"
      })
  void readRequest_notThisDialect_null(String body) {
    assertThat(MESSAGES.readRequest("/v1/messages", body.getBytes(UTF_8))).isNull();
  }

  @Test
  void readRequest_nestedAsDeeplyAsAllowedOnASmallStack_requestOrNull() throws Exception {
    String open = "[{\"type\":\"tool_result\",\"content\":";
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
            + open.repeat(95)
            + "\"deep\""
            + "}]".repeat(95)
            + "}]}";
    FutureTask<LlmRequest> reading =
        new FutureTask<>(() -> MESSAGES.readRequest("/v1/messages", body.getBytes(UTF_8)));
    Thread thread = new Thread(null, reading, "small stack", 1 << 18);
    thread.start();

    assertThat(reading.get().prompt().messages().get(0).parts())
        .containsExactly(new Prompt.Text("deep"));
  }

  @Test
  void plain_everyFact() {
    Reading reading = Reading.of(MESSAGES, AnthropicSamples.PLAIN);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "msg_1",
                "claude-sonnet-4-5-20250929",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 10)
                    .tokens(CACHE_READ, 40)
                    .tokens(CACHE_WRITE_5M, 100)
                    .tokens(CACHE_WRITE_1H, 200)
                    .tokens(OUTPUT, 40)
                    .tokens(REASONING, 20)
                    .build(),
                List.of("tool_use"),
                null,
                0,
                true,
                false));
    assertThat(reading.output()).isEqualTo("HmIl pleut.weather{\"city\":\"Paris\",\"days\":[1,2]}");
  }

  @Test
  void stream_lastFiguresStandAndAreNotSummed() {
    Reading reading = Reading.of(MESSAGES, AnthropicSamples.STREAM);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "msg_2",
                "claude-sonnet-4-5-20250929",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 26)
                    .tokens(CACHE_READ, 5)
                    .tokens(CACHE_WRITE_5M, 30)
                    .tokens(CACHE_WRITE_1H, 0)
                    .tokens(OUTPUT, 15)
                    .build(),
                List.of("tool_use"),
                null,
                4,
                true,
                false));
    assertThat(reading.output()).isEqualTo("Il pl\u00eaut fortweather{\"city\": \"P");
  }

  @Test
  void stream_brokenOffAfterItsStart_initialFigures() {
    String start =
        AnthropicSamples.STREAM.substring(
            0, AnthropicSamples.STREAM.indexOf("event: message_delta"));

    ResponseFacts facts = Reading.of(MESSAGES, start).facts();

    assertThat(facts.usage()).isNotNull();
    assertThat(facts.usage().inputTokens()).isEqualTo(60);
    assertThat(facts.usage().outputTokens()).isEqualTo(1);
    assertThat(facts.complete()).isFalse();
  }

  @Test
  void errors_typeAndNeverMessage() {
    ResponseFacts event = Reading.of(MESSAGES, AnthropicSamples.STREAM_ERROR).facts();
    assertThat(event.errorType()).isEqualTo("overloaded_error");
    assertThat(event.complete()).isFalse();

    ResponseFacts body = Reading.of(MESSAGES, 429, AnthropicSamples.ERROR).facts();
    assertThat(body.errorType()).isEqualTo("rate_limit_error");
    assertThat(body.usage()).isNull();
    assertThat(event.toString() + body).doesNotContain("secret");
  }

  @Test
  void usage_breakdownAtOddsWithTheSum_theSumStands() {
    Usage usage =
        Reading.of(
                MESSAGES,
                """
                {"usage":{"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":50,
                 "cache_creation":{"ephemeral_5m_input_tokens":500,"ephemeral_1h_input_tokens":20}}}
                """)
            .facts()
            .usage();

    assertThat(usage).isNotNull();
    assertThat(usage.tokens(CACHE_WRITE_5M)).isEqualTo(30);
    assertThat(usage.tokens(CACHE_WRITE_1H)).isEqualTo(20);
    assertThat(usage.inputTokens()).isEqualTo(51);
  }
}
