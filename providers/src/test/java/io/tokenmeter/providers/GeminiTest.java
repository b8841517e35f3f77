package io.tokenmeter.providers;

import static io.tokenmeter.api.TokenClass.AUDIO_INPUT;
import static io.tokenmeter.api.TokenClass.CACHE_READ;
import static io.tokenmeter.api.TokenClass.OUTPUT;
import static io.tokenmeter.api.TokenClass.REASONING;
import static io.tokenmeter.api.TokenClass.TOOL_INPUT;
import static io.tokenmeter.api.TokenClass.UNCACHED_INPUT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Usage;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiTest {
  private static final String GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent";
  private static final String STREAM = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

  @Test
  void readRequest_everythingThatIsBilled() {
    LlmRequest request = read(GENERATE, GeminiSamples.REQUEST);

    assertThat(request.provider()).isEqualTo("gcp.gemini");
    assertThat(request.model()).isEqualTo("gemini-2.5-flash");
    assertThat(request.streaming()).isFalse();
    assertThat(request.maxOutputTokens()).isEqualTo(200);
    assertThat(request.choices()).isEqualTo(2);
    Prompt prompt = request.prompt();
    assertThat(prompt.toolChoiceForced()).isTrue();
    assertThat(prompt.responseSchema()).isEqualTo("{\"type\":\"STRING\"}");
    assertThat(prompt.tools())
        .containsExactly(
            new Prompt.Tool("weather", "Tells.", "{\"type\":\"OBJECT\"}"),
            new Prompt.Tool("googleSearch", "", ""));
    assertThat(prompt.messages())
        .containsExactly(
            new Prompt.Message(
                "user",
                null,
                List.of(
                    new Prompt.Text("What is this?"),
                    new Prompt.Image(3, 2, Detail.AUTO),
                    new Prompt.Audio(6),
                    new Prompt.File("application/pdf", 0))),
            new Prompt.Message(
                "model", null, List.of(new Prompt.ToolCall("weather", "{\"city\":\"Paris\"}"))),
            new Prompt.Message(
                "user", null, List.of(new Prompt.Text("weather"), new Prompt.Text("{\"t\":18}"))),
            new Prompt.Message("system", null, List.of(new Prompt.Text("Be terse."))));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1beta/models/g-1:streamGenerateContent?alt=sse, g-1, true",
    "/v1beta/models/g-1:streamGenerateContent, g-1, true",
    "/v1beta/tunedModels/mine:generateContent?key=a:b/c:d, mine, false",
    "/v1/projects/p/locations/l/publishers/google/models/g-2:generateContent, g-2, false"
  })
  void readRequest_modelAndStreaming_standInThePath(String path, String model, boolean streaming) {
    LlmRequest request = read(path, "{\"contents\":[]}");

    assertThat(request.model()).isEqualTo(model);
    assertThat(request.streaming()).isEqualTo(streaming);
    assertThat(request.maxOutputTokens()).isEqualTo(LlmRequest.UNLIMITED);
  }

  @Test
  void readRequest_snakeCase_isUnderstood() {
    LlmRequest request =
        read(
            GENERATE,
            """
            {"contents":[],"system_instruction":{"parts":{"text":"S"}},
             "generation_config":{"max_output_tokens":5,"candidate_count":3}}
            """);

    assertThat(request.maxOutputTokens()).isEqualTo(5);
    assertThat(request.choices()).isEqualTo(3);
    assertThat(request.prompt().messages())
        .containsExactly(new Prompt.Message("system", null, List.of(new Prompt.Text("S"))));
  }

  @Test
  void readRequest_embeddings_texts() {
    String embed = "/v1beta/models/gemini-embedding-001:embedContent";
    String batch = "/v1beta/models/gemini-embedding-001:batchEmbedContents";

    assertThat(read(embed, GeminiSamples.EMBED_REQUEST).prompt())
        .isEqualTo(Prompt.ofTexts(List.of("one")));
    assertThat(read(batch, GeminiSamples.BATCH_EMBED_REQUEST).prompt())
        .isEqualTo(Prompt.ofTexts(List.of("one", "two")));
  }

  @Test
  void readRequest_embeddingWithARole_isBareTextAllTheSame() {
    String embed = "/v1beta/models/gemini-embedding-001:embedContent";

    assertThat(
            read(embed, "{\"content\":{\"role\":\"user\",\"parts\":[{\"text\":\"one\"}]}}")
                .prompt())
        .isEqualTo(Prompt.ofTexts(List.of("one")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"contents\":7}",
        "{\"contents\":[7]}",
        "{\"contents\":[],\"contents\":[]}",
        "{\"contents\":[],\"generationConfig\":{\"maxOutputTokens\":[]}}",
        "{\"contents\":[{\"parts\":[{\"text\":{}}]}]}"
      })
  void readRequest_notThisDialect_null(String body) {
    assertThat(dialect(GENERATE).readRequest(GENERATE, body.getBytes(UTF_8))).isNull();
  }

  @Test
  void plain_everyFact() {
    Reading reading = Reading.of(dialect(GENERATE), GeminiSamples.PLAIN);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "r-1",
                "gemini-2.5-flash",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 40)
                    .tokens(AUDIO_INPUT, 20)
                    .tokens(CACHE_READ, 40)
                    .tokens(TOOL_INPUT, 7)
                    .tokens(OUTPUT, 20)
                    .tokens(REASONING, 30)
                    .build(),
                List.of("STOP"),
                null,
                0,
                true,
                false));
    assertThat(reading.facts().usage().totalTokens()).isEqualTo(157);
    assertThat(reading.output()).isEqualTo("A thoughtIt rains.weather{\"city\":\"Paris\"}");
  }

  @Test
  void eventStream_lastFiguresStand() {
    Reading reading = Reading.of(dialect(STREAM), GeminiSamples.STREAM);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "r-2",
                "gemini-2.5-flash",
                Usage.builder()
                    .tokens(UNCACHED_INPUT, 8)
                    .tokens(OUTPUT, 4)
                    .tokens(REASONING, 6)
                    .build(),
                List.of("MAX_TOKENS"),
                null,
                2,
                true,
                false));
    assertThat(reading.output()).isEqualTo("It r\u00e4ins.");
  }

  @Test
  void arrayStream_likeEvents() {
    Reading reading = Reading.of(dialect(STREAM), GeminiSamples.ARRAY_STREAM);

    assertThat(reading.facts())
        .isEqualTo(
            new ResponseFacts(
                "r-3", "gemini-2.5-flash", Usage.of(8, 4), List.of("STOP"), null, 2, true, false));
    assertThat(reading.output()).isEqualTo("It rains.");
  }

  @Test
  void arrayStream_brokenOff_notComplete() {
    String half =
        GeminiSamples.ARRAY_STREAM.substring(0, GeminiSamples.ARRAY_STREAM.indexOf("\n,"));

    ResponseFacts facts = Reading.of(dialect(STREAM), half).facts();

    assertThat(facts.complete()).isFalse();
    assertThat(facts.events()).isEqualTo(1);
  }

  @Test
  void errors_statusAndNeverMessage() {
    for (String body : List.of(GeminiSamples.ERROR, GeminiSamples.ARRAY_ERROR)) {
      ResponseFacts facts = Reading.of(dialect(STREAM), 429, body).facts();

      assertThat(facts.errorType()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(facts.usage()).isNull();
      assertThat(facts.toString()).doesNotContain("secret");
    }
  }

  @Test
  void blockedPrompt_itsReasonEndsTheAnswer() {
    ResponseFacts facts =
        Reading.of(dialect(STREAM), "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n")
            .facts();

    assertThat(facts.finishReasons()).containsExactly("SAFETY");
    assertThat(facts.complete()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // prompt, tools, candidates, thoughts, total -> input, output
    "10, 0, 20, 5, 35, 10, 25",
    "10, 0, 25, 5, 35, 10, 25", // thoughts inside the candidates
    "10, 4, 20, 0, 30, 10, 20", // tools' tokens inside the prompt
    "10, 0, 0, 0, 35, 10, 25", // output that nothing itemises
    "10, 0, 20, 0, 0, 10, 20" // a total of nothing
  })
  void usage_andTotal_areReconciled(
      long prompt,
      long tools,
      long candidates,
      long thoughts,
      long total,
      long input,
      long output) {
    Usage usage =
        Reading.of(
                dialect(GENERATE),
                """
                {"usageMetadata":{"promptTokenCount":%d,"toolUsePromptTokenCount":%d,
                 "candidatesTokenCount":%d,"thoughtsTokenCount":%d,"totalTokenCount":%d}}
                """
                    .formatted(prompt, tools, candidates, thoughts, total))
            .facts()
            .usage();

    assertThat(usage).isNotNull();
    assertThat(usage.inputTokens()).isEqualTo(input);
    assertThat(usage.outputTokens()).isEqualTo(output);
  }

  @Test
  void embeddings_inputOnly() {
    ResponseFacts facts =
        Reading.of(dialect("/v1beta/models/e:embedContent"), GeminiSamples.EMBED_PLAIN).facts();

    assertThat(facts.usage()).isEqualTo(Usage.builder().tokens(UNCACHED_INPUT, 3).build());
    assertThat(facts.complete()).isTrue();
  }

  private static Dialect dialect(String path) {
    return Dialects.find("POST", "generativelanguage.googleapis.com", path);
  }

  private static LlmRequest read(String path, String body) {
    LlmRequest request = dialect(path).readRequest(path, body.getBytes(UTF_8));
    assertThat(request).isNotNull();
    return request;
  }
}
