package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestCounterTest {
  /** The example of OpenAI's cookbook, with the counts that its API reports. */
  @ParameterizedTest
  @CsvSource({"gpt-3.5-turbo, 129", "gpt-4-0613, 129", "gpt-4o, 124", "gpt-4o-mini, 124"})
  void count_cookbookMessages_whatTheApiReports(String model, long tokens) {
    Prompt prompt =
        chat(
            message(
                "system",
                null,
                "You are a helpful, pattern-following assistant that translates corporate jargon"
                    + " into plain English."),
            message("system", "example_user", "New synergies will help drive top-line growth."),
            message(
                "system",
                "example_assistant",
                "Things working well together will increase revenue."),
            message(
                "system",
                "example_user",
                "Let's circle back when we have more bandwidth to touch base on opportunities for"
                    + " increased leverage."),
            message(
                "system",
                "example_assistant",
                "Let's talk later when we're less busy about how to do better."),
            message(
                "user",
                null,
                "This late pivot means we don't have time to boil the ocean for the client"
                    + " deliverable."));
    assertThat(RequestCounter.forModel("openai", model).count(prompt).tokens()).isEqualTo(tokens);
  }

  /** What closed models add to a prompt, they add to its messages. */
  @ParameterizedTest
  @CsvSource({
    "gcp.gemini, gemini-embedding-001",
    "gcp.gemini, text-embedding-004",
    "openai, text-embedding-3-small",
    "voyage, voyage-3"
  })
  void count_bareText_nothingButTheText(String provider, String model) {
    InputEstimate estimate =
        RequestCounter.forModel(provider, model).count(Prompt.ofTexts(List.of("hello world")));

    assertThat(estimate.tokens()).isEqualTo(2);
    assertThat(estimate.upperBound()).isEqualTo(3);
  }

  /** The example of the cookbook's section on tools, with the counts that its API reports. */
  @ParameterizedTest
  @CsvSource({"gpt-3.5-turbo, 105", "gpt-4, 105", "gpt-4o, 101", "gpt-4o-mini, 101"})
  void count_cookbookTools_whatTheApiReports(String model, long tokens) {
    Prompt.Tool tool =
        new Prompt.Tool(
            "get_current_weather",
            "Get the current weather in a given location",
            "{\"type\":\"object\",\"properties\":{\"location\":{\"type\":\"string\","
                + "\"description\":\"The city and state, e.g. San Francisco, CA\"},"
                + "\"unit\":{\"type\":\"string\",\"description\":\"The unit of temperature to"
                + " return\",\"enum\":[\"celsius\",\"fahrenheit\"]}},"
                + "\"required\":[\"location\"]}");
    Prompt prompt =
        new Prompt(
            List.of(
                message(
                    "system",
                    null,
                    "You are a helpful assistant that can answer to questions about the weather."),
                message("user", null, "What's the weather like in San Francisco?")),
            List.of(tool),
            false,
            null);
    assertThat(RequestCounter.forModel("openai", model).count(prompt).tokens()).isEqualTo(tokens);
  }

  /**
   * The examples of Anthropic's page "Token counting", with the figures that it has for them. Its
   * tokenizer is closed: the estimate is near, and what is held for it is enough.
   */
  @Test
  void count_anthropicsExamples_nearAndHeldInFull() {
    Prompt.Tool tool =
        new Prompt.Tool(
            "get_weather",
            "Get the current weather in a given location",
            "{\"type\":\"object\",\"properties\":{\"location\":{\"type\":\"string\","
                + "\"description\":\"The city and state, e.g. San Francisco, CA\"}},"
                + "\"required\":[\"location\"]}");
    assertNear(
        "claude-opus-4-20250514",
        chat(
            message("system", null, "You are a scientist"), message("user", null, "Hello, Claude")),
        14);
    assertNear(
        "claude-opus-4-20250514",
        new Prompt(
            List.of(message("user", null, "What's the weather like in San Francisco?")),
            List.of(tool),
            false,
            null),
        403);
  }

  /** The examples of Google's page "Counting tokens". */
  @Test
  void count_googlesExamples_nearAndHeldInFull() {
    String fox = "The quick brown fox jumps over the lazy dog.";
    assertNear("gemini-2.0-flash", chat(message("user", null, fox)), 11);
    assertNear(
        "gemini-2.0-flash",
        chat(
            message("system", null, "You are a cat. Your name is Neko."),
            message("user", null, fox)),
        21);
  }

  private static void assertNear(String model, Prompt prompt, long reported) {
    InputEstimate estimate = RequestCounter.forModel("", model).count(prompt);
    long near = Math.max(3, reported / 40);
    assertThat(estimate.tokens()).isBetween(reported - near, reported + near);
    assertThat(estimate.upperBound()).isBetween(reported, reported + reported / 4 + 20);
  }

  @Test
  void count_embeddings_noFraming() {
    Prompt prompt = Prompt.ofTexts(List.of("hello world", new StringBuilder("hello world")));
    assertThat(RequestCounter.forModel("openai", "text-embedding-3-small").count(prompt).tokens())
        .isEqualTo(4);
  }

  @Test
  void count_tokenIds_takenAsTheyAre() {
    Prompt prompt =
        new Prompt(
            List.of(new Prompt.Message("", null, List.of(new Prompt.TokenIds(17)))),
            List.of(),
            false,
            null);
    assertThat(RequestCounter.forModel("openai", "text-embedding-3-small").count(prompt).tokens())
        .isEqualTo(17);
  }

  @ParameterizedTest
  @CsvSource({
    // OpenAI's guide: 1024 x 1024 high is 765, 2048 x 4096 is 1105, low is 85.
    "gpt-4o, 1024, 1024, HIGH, 765",
    "gpt-4o, 2048, 4096, AUTO, 1105",
    "gpt-4o, 4096, 8192, LOW, 85",
    "gpt-4o-mini, 1024, 1024, HIGH, 25501",
    "gpt-5, 1024, 1024, HIGH, 630",
    // The guide's patches: 1024 x 1024 are 1024; 1800 x 2400 becomes 1056 x 1408, which are 1452.
    "gpt-4.1-mini, 1024, 1024, HIGH, 1659",
    "gpt-5-mini, 1800, 2400, HIGH, 2353",
    "gpt-5.4-mini, 1800, 2400, HIGH, 2353",
    // 43 x 57 patches; as it is, 57 x 75; made smaller so that 10,000 are enough, 86 x 115.
    "gpt-5.4, 1800, 2400, HIGH, 2942",
    "gpt-5.4, 1800, 2400, ORIGINAL, 5130",
    "gpt-5.4, 9000, 12000, ORIGINAL, 11868",
    "gpt-4o, 1024, 1024, ORIGINAL, 765",
    // Anthropic's page: 1092 x 1092 is the largest square, 39 x 39 patches.
    "claude-sonnet-4-5, 280, 280, AUTO, 100",
    "claude-sonnet-4-5, 1092, 1092, AUTO, 1521",
    "claude-sonnet-4-5, 4000, 4000, AUTO, 1521",
    "claude-sonnet-4-5, 8000, 10, AUTO, 56",
    "claude-opus-4-7, 4000, 4000, AUTO, 4761",
    "gemini-2.5-pro, 300, 384, AUTO, 258",
    "gemini-2.5-pro, 1000, 700, AUTO, 516",
    "gemini-3-pro, 4000, 4000, AUTO, 1120"
  })
  void count_image_byTheModelsRule(
      String model, int width, int height, Detail detail, long tokens) {
    Prompt text = chat(message("user", null, "x"));
    Prompt both =
        chat(
            new Prompt.Message(
                "user",
                null,
                List.of(new Prompt.Text("x"), new Prompt.Image(width, height, detail))));
    RequestCounter counter = RequestCounter.forModel("", model);
    assertThat(counter.count(both).tokens() - counter.count(text).tokens()).isEqualTo(tokens);
  }

  @Test
  void count_imageOfUnknownSize_heldTwice() {
    Prompt prompt = ofPart(new Prompt.Image(0, 0, Detail.AUTO));
    InputEstimate estimate = RequestCounter.forModel("openai", "gpt-4o").count(prompt);
    assertThat(estimate.tokens()).isBetween(765L, 780L);
    assertThat(estimate.upperBound()).isGreaterThanOrEqualTo(2 * 765);
  }

  @Test
  void count_claudeTools_addsTheToolPrompt() {
    Prompt.Tool tool = new Prompt.Tool("f", "does it", "{\"type\":\"object\"}");
    RequestCounter counter = RequestCounter.forModel("anthropic", "claude-opus-4-8");
    List<Prompt.Message> messages = List.of(message("user", null, "go"));
    long without = counter.count(new Prompt(messages, List.of(), false, null)).tokens();
    long auto = counter.count(new Prompt(messages, List.of(tool), false, null)).tokens();
    long forced = counter.count(new Prompt(messages, List.of(tool), true, null)).tokens();
    assertThat(auto - without).isBetween(290L + 10, 290L + 50);
    assertThat(forced - auto).isEqualTo(410 - 290);
  }

  @ParameterizedTest
  @CsvSource({
    "openai, gpt-4o, 1.0, 1.04",
    "openai, my-own-model, 1.0, 1.05",
    "anthropic, claude-sonnet-4-5, 1.18, 1.12",
    "aws.bedrock, eu.anthropic.claude-opus-4-7-v1:0, 1.53, 1.17",
    "anthropic, next-model, 1.18, 1.12",
    "gcp.vertex_ai, gemini-3-pro, 1.05, 1.22",
    "acme, unheard-of, 1.1, 1.32"
  })
  void count_text_factorAndMarginOfTheModel(
      String provider, String model, double factor, double margin) {
    String text = "The meter counts what the model reads. ".repeat(200);
    long base = Encodings.forName("o200k_base").count(text);
    RequestCounter counter = RequestCounter.forModel(provider, model);
    InputEstimate estimate = counter.count(Prompt.ofTexts(List.of(text)));
    assertThat(estimate.tokens()).isEqualTo(Math.round(base * factor));
    assertThat(estimate.upperBound())
        .isBetween(estimate.tokens() + 1, (long) (estimate.tokens() * margin));
    StreamCounter output = counter.outputCounter();
    output.append(text.substring(0, 1001));
    output.append(text.substring(1001));
    assertThat(output.tokens()).isEqualTo(estimate.tokens());
  }

  @Test
  void count_partsOfEveryKind_eachCosts() {
    RequestCounter counter = RequestCounter.forModel("openai", "gpt-4o");
    long empty = counter.count(ofPart(new Prompt.Text(""))).tokens();
    for (Prompt.Part part :
        List.of(
            new Prompt.Audio(160_000),
            new Prompt.File("application/pdf", 22_000),
            new Prompt.File("text/plain", 4_000),
            new Prompt.File("application/pdf", 0),
            new Prompt.ToolCall("get_weather", "{\"city\":\"Oslo\"}"))) {
      assertThat(counter.count(ofPart(part)).tokens()).as("%s", part).isGreaterThan(empty + 5);
    }
    assertThat(counter.count(ofPart(new Prompt.Audio(160_000))).tokens()).isEqualTo(empty + 100);
    InputEstimate ofLength = counter.count(ofPart(new Prompt.Audio(160_000, 2_500)));
    assertThat(ofLength.tokens()).isEqualTo(empty + 25);
    assertThat(ofLength.roughTokens()).isZero();
  }

  @Test
  void count_responseSchema_costsItsText() {
    List<Prompt.Message> messages = List.of(message("user", null, "go"));
    String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}";
    RequestCounter counter = RequestCounter.forModel("openai", "gpt-4o");
    long without = counter.count(new Prompt(messages, List.of(), false, null)).tokens();
    assertThat(counter.count(new Prompt(messages, List.of(), false, schema)).tokens() - without)
        .isEqualTo(Encodings.forName("o200k_base").count(schema));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{",
        "[1,2",
        "nonsense",
        "{\"properties\":[]}",
        "{\"properties\":{\"a\":3}}",
        "\"\\u12",
        "{\"properties\":{\"a\":{\"enum\":3,\"type\":[\"string\",\"null\"]}}}"
      })
  void count_toolWithOddSchema_neverThrows(String schema) {
    Prompt prompt =
        new Prompt(
            List.of(message("user", null, "go")),
            List.of(new Prompt.Tool("f", "", schema)),
            false,
            null);
    assertThat(RequestCounter.forModel("openai", "gpt-4o").count(prompt).tokens()).isPositive();
    assertThat(RequestCounter.forModel("x", "y").count(prompt).tokens()).isPositive();
  }

  @Test
  void count_schemaNestedTooDeeply_countsItsText() {
    String schema = "[".repeat(100_000);
    Prompt prompt = new Prompt(List.of(), List.of(new Prompt.Tool("f", "", schema)), false, null);
    assertThat(RequestCounter.forModel("openai", "gpt-4o").count(prompt).tokens())
        .isGreaterThan(Encodings.forName("o200k_base").count(schema));
  }

  @Test
  void parse_lineThatIsNoRule_saysWhereAndWhatWasExpected() {
    CountingRules rules = CountingRules.builtIn();
    assertThatThrownBy(() -> rules.with("mine", List.of("# x", "slack gpt 1 2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mine, line 2")
        .hasMessageContaining("[1] numbers");
    assertThatThrownBy(() -> rules.with("mine", List.of("texts gpt 1 2")))
        .hasMessageContaining("'texts'");
    for (String number : List.of("two", "NaN", "1e300")) {
      assertThatThrownBy(() -> rules.with("mine", List.of("text gpt 1 " + number)))
          .hasMessageContaining("'" + number + "'");
    }
    for (String rule :
        List.of(
            "text x 0 1", "image x 0 1 1", "image x 0 0 0 1 1", "audio x 1 0", "file x 1 0 1")) {
      assertThatThrownBy(() -> rules.with("mine", List.of(rule)))
          .as(rule)
          .hasMessageContaining("above 0, found '0'");
    }
    assertThatThrownBy(() -> rules.with("mine", List.of("text x 1 1 2 0.5")))
        .hasMessageContaining("'2 0.5'");
  }

  @Test
  void with_rulesOfOnesOwn_goBeforeTheBuiltInOnes() {
    RequestCounters counters =
        new RequestCounters(
            ModelEncodings.builtIn().with(List.of("cl100k_base acme-")),
            CountingRules.builtIn()
                .with("mine", List.of("text acme-,gpt-4o 2 50", "chat acme- 10 0 0 0")),
            RequestMemory.NONE,
            Calibration.NONE);
    Prompt prompt = chat(message("user", null, "Ein Text, den beide verschieden schneiden."));
    long base =
        Encodings.forName("cl100k_base").count("Ein Text, den beide verschieden schneiden.")
            + Encodings.forName("cl100k_base").count("user");
    assertThat(counters.forModel("acme", "acme-7b").count(prompt).tokens())
        .isEqualTo(2 * base + 10);
    assertThat(counters.forModel("openai", "gpt-4o").count(prompt).tokens())
        .isGreaterThan(RequestCounter.forModel("openai", "gpt-4o").count(prompt).tokens());
    assertThat(counters.forModel("openai", "gpt-4.1").count(prompt))
        .isEqualTo(RequestCounter.forModel("openai", "gpt-4.1").count(prompt));
  }

  private static Prompt chat(Prompt.Message... messages) {
    return new Prompt(List.of(messages), List.of(), false, null);
  }

  private static Prompt ofPart(Prompt.Part part) {
    return chat(new Prompt.Message("user", null, List.of(part)));
  }

  private static Prompt.Message message(String role, String name, String text) {
    return new Prompt.Message(role, name, List.of(new Prompt.Text(text)));
  }
}
