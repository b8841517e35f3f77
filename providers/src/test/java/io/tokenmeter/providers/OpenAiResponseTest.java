package io.tokenmeter.providers;

import static io.tokenmeter.api.TokenClass.AUDIO_INPUT;
import static io.tokenmeter.api.TokenClass.AUDIO_OUTPUT;
import static io.tokenmeter.api.TokenClass.CACHE_READ;
import static io.tokenmeter.api.TokenClass.CACHE_WRITE_5M;
import static io.tokenmeter.api.TokenClass.OUTPUT;
import static io.tokenmeter.api.TokenClass.REASONING;
import static io.tokenmeter.api.TokenClass.UNCACHED_INPUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiResponseTest {
  private static final Dialect CHAT = dialect("/v1/chat/completions");
  private static final Dialect RESPONSES = dialect("/v1/responses");
  private static final Dialect EMBEDDINGS = dialect("/v1/embeddings");
  private static final Dialect COMPLETIONS = dialect("/v1/completions");

  @Test
  void chatPlain_everyFact() {
    Reading reading = Reading.of(CHAT, OpenAiSamples.CHAT_PLAIN);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "chatcmpl-1",
                "gpt-4o-2024-08-06",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 50)
                    .tokens(CACHE_READ, 64)
                    .tokens(AUDIO_INPUT, 6)
                    .tokens(OUTPUT, 16)
                    .tokens(REASONING, 30)
                    .tokens(AUDIO_OUTPUT, 4)
                    .build(),
                List.of("tool_calls", "stop"),
                null,
                0,
                true,
                false));
    assertThat(reading.output()).isEqualTo("Bonjour le mondef{\"a\":1}No.");
  }

  @Test
  void chatStream_everyFact() {
    Reading reading = Reading.of(CHAT, OpenAiSamples.CHAT_STREAM);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "chatcmpl-2",
                "gpt-4o-mini",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 9)
                    .tokens(CACHE_READ, 0)
                    .tokens(OUTPUT, 12)
                    .tokens(REASONING, 0)
                    .build(),
                List.of("stop"),
                null,
                3,
                true,
                false));
    assertThat(reading.output()).isEqualTo("Caf\u00e9 \uD83D\uDE00{\"x\":\uD83D\uDE00 2}");
  }

  @Test
  void chatStream_brokenOff_noUsageAndNotComplete() {
    String half = OpenAiSamples.CHAT_STREAM.substring(0, 600);

    Reading reading = Reading.of(CHAT, half);

    assertThat(reading.facts().usage()).isNull();
    assertThat(reading.facts().complete()).isFalse();
    assertThat(reading.output()).startsWith("Caf\u00e9");
  }

  @Test
  void chatStream_errorEvent_itsCodeAndNeverItsMessage() {
    Reading reading = Reading.of(CHAT, OpenAiSamples.CHAT_STREAM_ERROR);

    assertThat(reading.facts().errorType()).isEqualTo("server_error");
    assertThat(reading.facts().complete()).isFalse();
    assertThat(reading.facts().toString() + reading.output()).doesNotContain("secret");
  }

  @Test
  void responsesPlain_everyFact() {
    Reading reading = Reading.of(RESPONSES, OpenAiSamples.RESPONSES_PLAIN);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "resp_1",
                "gpt-5-2025-08-07",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 40)
                    .tokens(CACHE_READ, 25)
                    .tokens(CACHE_WRITE_5M, 10)
                    .tokens(OUTPUT, 58)
                    .tokens(REASONING, 128)
                    .build(),
                List.of("completed"),
                null,
                0,
                true,
                false));
    assertThat(reading.output()).isEqualTo("I thinkIt rains.weather{\"d\":1}");
  }

  /** The answer to a request with {@code "background": true}. */
  @ParameterizedTest
  @ValueSource(strings = {"queued", "in_progress"})
  void responsesPlain_inTheBackground_isPending(String status) {
    Reading reading =
        Reading.of(
            RESPONSES,
            "{\"id\":\"resp_3\",\"status\":\""
                + status
                + "\",\"background\":true,\"model\":\"gpt-5\",\"output\":[],\"usage\":null}");

    assertThat(reading.facts())
        .isEqualTo(new ResponseFacts("resp_3", "gpt-5", null, List.of(), null, 0, true, true));
  }

  @Test
  void responsesStream_textsOnceAndNoSound() {
    Reading reading = Reading.of(RESPONSES, OpenAiSamples.RESPONSES_STREAM);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "resp_2",
                "gpt-5-2025-08-07",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 10)
                    .tokens(CACHE_READ, 1)
                    .tokens(OUTPUT, 20)
                    .tokens(REASONING, 2)
                    .build(),
                List.of("completed"),
                null,
                4,
                true,
                false));
    assertThat(reading.output()).isEqualTo("weather{\"d\":1}It rains.");
  }

  @Test
  void responsesStream_incompleteFailedOrError_saysWhy() {
    ResponseFacts incomplete = Reading.of(RESPONSES, OpenAiSamples.RESPONSES_INCOMPLETE).facts();
    assertThat(incomplete.finishReasons()).containsExactly("max_output_tokens");
    assertThat(incomplete.usage()).isEqualTo(Usage.of(5, 7));
    assertThat(incomplete.complete()).isTrue();

    ResponseFacts failed = Reading.of(RESPONSES, OpenAiSamples.RESPONSES_FAILED).facts();
    assertThat(failed.finishReasons()).containsExactly("failed");
    assertThat(failed.errorType()).isEqualTo("server_error");
    assertThat(failed.complete()).isTrue();

    ResponseFacts error = Reading.of(RESPONSES, OpenAiSamples.RESPONSES_ERROR_EVENT).facts();
    assertThat(error.errorType()).isEqualTo("rate_limit_exceeded");
    assertThat(error.complete()).isFalse();
  }

  @Test
  void embeddings_inputOnly() {
    Reading reading = Reading.of(EMBEDDINGS, OpenAiSamples.EMBEDDINGS_PLAIN);

    assertThat(reading.facts().usage())
        .isEqualTo(Usage.builder().tokens(UNCACHED_INPUT, 8).build());
    assertThat(reading.facts().complete()).isTrue();
    assertThat(reading.output()).isEmpty();
  }

  @Test
  void completions_plainAndStreamed() {
    Reading plain = Reading.of(COMPLETIONS, OpenAiSamples.COMPLETION_PLAIN);
    assertThat(plain.output()).isEqualTo("Hi there");
    assertThat(plain.facts().usage()).isEqualTo(Usage.of(5, 7));
    assertThat(plain.facts().finishReasons()).containsExactly("length");

    Reading stream = Reading.of(COMPLETIONS, OpenAiSamples.COMPLETION_STREAM);
    assertThat(stream.output()).isEqualTo("Hi there");
    assertThat(stream.facts().events()).isEqualTo(2);
    assertThat(stream.facts().usage()).isNull();
    assertThat(stream.facts().complete()).isTrue();
  }

  @Test
  void chatStream_oneBrokenEvent_costsOnlyItself() {
    for (String broken :
        List.of("{\"choices\":[{\"delta\"", "nonsense", "[DONE", "[1,2]", "\u0000", "}")) {
      String[] events = OpenAiSamples.CHAT_STREAM.split("(?<=\n\n)");
      for (int at = 0; at < events.length; at++) {
        String event = events[at];
        events[at] = "data: " + broken + "\n\n" + event;

        assertThat(Reading.of(CHAT, String.join("", events)))
            .as("%s before event %d", broken, at)
            .isEqualTo(Reading.of(CHAT, OpenAiSamples.CHAT_STREAM));
        events[at] = event;
      }
    }
  }

  @Test
  void chatStream_dataOverSeveralLines_isOneEvent() {
    String stream =
        OpenAiSamples.CHAT_STREAM.replace(",\"choices\":", ",\ndata:\ndata: \"choices\":");

    assertThat(Reading.of(CHAT, stream)).isEqualTo(Reading.of(CHAT, OpenAiSamples.CHAT_STREAM));
  }

  @Test
  void chatStream_reasonsOfSeveralChoices_inTheirOrderAndOnce() {
    String end = "data: {\"choices\":[{\"finish_reason\":\"%s\",\"index\":%d}]}\n\n";
    String stream = end.formatted("length", 1) + end.formatted("x", 0) + end.formatted("stop", 0);

    assertThat(Reading.of(CHAT, stream).facts().finishReasons()).containsExactly("stop", "length");
  }

  @Test
  void idAndModel_thatAreNone_arePassedOver() {
    String body = "{\"id\":\"%s\",\"model\":\"%s\"}";

    ResponseFacts facts = Reading.of(CHAT, body.formatted("x".repeat(300), "line\\nbreak")).facts();

    assertThat(facts.id()).isNull();
    assertThat(facts.model()).isNull();
  }

  @Test
  void errorBody_codeWithoutUsage() {
    ResponseFacts facts = Reading.of(CHAT, 429, OpenAiSamples.ERROR).facts();

    assertThat(facts.errorType()).isEqualTo("insufficient_quota");
    assertThat(facts.usage()).isNull();
    assertThat(facts.toString()).doesNotContain("secret");
  }

  @Test
  void errorBody_ofCompatibleProviders_theMostTellingName() {
    assertThat(error("{\"error\":{\"code\":429,\"type\":\"busy\"}}")).isEqualTo("busy");
    assertThat(error("{\"error\":{\"code\":429,\"message\":\"busy\"}}")).isEqualTo("429");
    assertThat(error("{\"object\":\"error\",\"type\":\"invalid_model\",\"code\":\"1500\"}"))
        .isEqualTo("invalid_model");
    assertThat(error("{\"error\":\"you said: secret\"}")).isNull();
    assertThat(error("{\"error\":{\"code\":\"a sentence, not a name\"}}")).isNull();
    assertThat(error("{\"error\":{\"code\":\"" + "x".repeat(65) + "\"}}")).isNull();
    assertThat(error("{\"error\":{\"code\":\"caf\u00e9\"}}")).isNull();
  }

  private static String error(String body) {
    return Reading.of(CHAT, 400, body).facts().errorType();
  }

  @Test
  void status_notSuccess_noUsageAndNoOutput() {
    Reading reading = Reading.of(CHAT, 500, OpenAiSamples.CHAT_PLAIN);

    assertThat(reading.facts().usage()).isNull();
    assertThat(reading.output()).isEmpty();
  }

  @Test
  void usage_partsBeyondTheWhole_areCutToIt() {
    Usage usage =
        usage(
            """
            {"prompt_tokens":10,"completion_tokens":5,
             "prompt_tokens_details":{"cached_tokens":99,"audio_tokens":7},
             "completion_tokens_details":{"reasoning_tokens":50,"audio_tokens":2}}
            """);

    assertThat(usage.inputTokens()).isEqualTo(10);
    assertThat(usage.tokens(CACHE_READ)).isEqualTo(10);
    assertThat(usage.tokens(AUDIO_INPUT)).isZero();
    assertThat(usage.outputTokens()).isEqualTo(5);
    assertThat(usage.tokens(AUDIO_OUTPUT)).isEqualTo(2);
    assertThat(usage.tokens(REASONING)).isEqualTo(3);
  }

  @Test
  void usage_reasoningLeftOutOfCompletion_theTotalShowsIt() {
    Usage usage =
        usage(
            """
            {"prompt_tokens":10,"completion_tokens":100,"total_tokens":410,
             "completion_tokens_details":{"reasoning_tokens":300}}
            """);

    assertThat(usage.totalTokens()).isEqualTo(410);
    assertThat(usage.tokens(OUTPUT)).isEqualTo(100);
    assertThat(usage.tokens(REASONING)).isEqualTo(300);
  }

  @Test
  void usage_totalAlone_isInput() {
    assertThat(usage("{\"total_tokens\":12}").inputTokens()).isEqualTo(12);
    assertThat(usage("{\"total_tokens\":12}").outputTokens()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt_tokens\":-5,\"completion_tokens\":1}",
        "{\"prompt_tokens\":99999999999999999999999999,\"completion_tokens\":1}",
        "{\"prompt_tokens\":1e400,\"completion_tokens\":1}",
        "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807,"
            + "\"total_tokens\":9223372036854775807}"
      })
  void usage_absurdFigures_staysNonNegative(String json) {
    Usage usage = usage(json);

    assertThat(usage.inputTokens()).isNotNegative();
    assertThat(usage.outputTokens()).isPositive();
    assertThat(usage.totalTokens()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "[]",
        "7",
        "\"x\"",
        "{\"prompt_tokens\":\"10\"}",
        "{\"a\":{\"b\":1}}"
      })
  void usage_notAsExpected_unknown(String json) {
    assertThat(usage(json)).isNull();
  }

  private static Usage usage(String json) {
    return Reading.of(CHAT, "{\"id\":\"x\",\"usage\":" + json + "}").facts().usage();
  }

  private static Dialect dialect(String path) {
    return Dialects.find("POST", "api.openai.com", path);
  }
}
