package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiRequestTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void readRequest_chat_everythingThatIsBilled() {
    LlmRequest request = read(CHAT, OpenAiSamples.CHAT_REQUEST);

    assertThat(request.provider()).isEqualTo("openai");
    assertThat(request.model()).isEqualTo("gpt-4o");
    assertThat(request.streaming()).isTrue();
    assertThat(request.maxOutputTokens()).isEqualTo(256);
    assertThat(request.choices()).isEqualTo(2);
    Prompt prompt = request.prompt();
    assertThat(prompt.toolChoiceForced()).isTrue();
    assertThat(prompt.responseSchema()).isEqualTo("{\"type\":\"object\"}");
    assertThat(prompt.tools())
        .containsExactly(
            new Prompt.Tool(
                "weather",
                "Tells the weather.",
                "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"));
    List<Prompt.Message> messages = prompt.messages();
    assertThat(messages)
        .extracting(Prompt.Message::role)
        .containsExactly("developer", "user", "assistant", "tool");
    assertThat(messages.get(1).name()).isEqualTo("ada");
    List<Prompt.Part> parts = messages.get(1).parts();
    assertThat(parts.get(0)).isEqualTo(new Prompt.Text("What is \"this\"? \u00e9"));
    assertThat(parts.get(1)).isEqualTo(new Prompt.Image(3, 2, Detail.LOW));
    assertThat(parts.get(2)).isEqualTo(new Prompt.Image(0, 0, Detail.AUTO));
    assertThat(parts.get(3)).isEqualTo(new Prompt.Audio(6));
    assertThat(parts.get(4)).isEqualTo(new Prompt.File("application/pdf", 3));
    assertThat(parts.get(5)).isInstanceOf(Prompt.File.class);
    assertThat(messages.get(2).parts())
        .containsExactly(new Prompt.ToolCall("weather", "{\"city\":\"Paris\"}"));
    assertThat(messages.get(3).parts()).containsExactly(new Prompt.Text("18 degrees"));
    assertThat(prompt.toString()).doesNotContain("not billed");
  }

  @Test
  void readRequest_responses_itemsInstructionsAndSchema() {
    LlmRequest request = read("/v1/responses", OpenAiSamples.RESPONSES_REQUEST);

    assertThat(request.model()).isEqualTo("gpt-5");
    assertThat(request.streaming()).isFalse();
    assertThat(request.maxOutputTokens()).isEqualTo(99);
    Prompt prompt = request.prompt();
    assertThat(prompt.toolChoiceForced()).isTrue();
    assertThat(prompt.responseSchema()).isEqualTo("{\"type\":\"object\"}");
    assertThat(prompt.tools())
        .containsExactly(
            new Prompt.Tool("weather", "Tells.", "{\"type\":\"object\"}"),
            new Prompt.Tool("web_search", "", ""));
    assertThat(prompt.messages())
        .containsExactly(
            new Prompt.Message("system", null, List.of(new Prompt.Text("Be brief."))),
            new Prompt.Message(
                "user",
                null,
                List.of(
                    new Prompt.Text("Look"),
                    new Prompt.Image(3, 2, Detail.HIGH),
                    new Prompt.Image(0, 0, Detail.AUTO),
                    new Prompt.File("application/octet-stream", 0))),
            new Prompt.Message("assistant", null, List.of(new Prompt.Text("Thinking"))),
            new Prompt.Message("assistant", null, List.of(new Prompt.ToolCall("weather", "{}"))),
            new Prompt.Message("tool", null, List.of(new Prompt.Text("rain"))),
            new Prompt.Message("assistant", null, List.of(new Prompt.Text("It rains"))));
  }

  @Test
  void readRequest_responsesWithStringInput_oneUserMessage() {
    LlmRequest request = read("/v1/responses", "{\"model\":\"m\",\"input\":\"Hi\"}");

    assertThat(request.prompt().messages())
        .containsExactly(new Prompt.Message("user", null, List.of(new Prompt.Text("Hi"))));
    assertThat(request.maxOutputTokens()).isEqualTo(LlmRequest.UNLIMITED);
    assertThat(request.choices()).isEqualTo(1);
  }

  @Test
  void readRequest_embeddingsOfTextsAndTokenIds_eachIsAMessage() {
    assertThat(read("/v1/embeddings", OpenAiSamples.EMBEDDINGS_REQUEST).prompt())
        .isEqualTo(Prompt.ofTexts(List.of("one", "two")));
    assertThat(read("/v1/embeddings", "{\"model\":\"m\",\"input\":\"one\"}").prompt())
        .isEqualTo(Prompt.ofTexts(List.of("one")));
    assertThat(parts("{\"model\":\"m\",\"input\":[1,2,3]}"))
        .containsExactly(new Prompt.TokenIds(3));
    assertThat(parts("{\"model\":\"m\",\"input\":[[1,2],[3]]}"))
        .containsExactly(new Prompt.TokenIds(2), new Prompt.TokenIds(1));
  }

  private static List<Prompt.Part> parts(String embeddings) {
    return read("/v1/embeddings", embeddings).prompt().messages().stream()
        .flatMap(message -> message.parts().stream())
        .toList();
  }

  @Test
  void readRequest_completion_bestOfEachPrompt() {
    LlmRequest request = read("/v1/completions", OpenAiSamples.COMPLETION_REQUEST);

    assertThat(request.choices()).isEqualTo(6);
    assertThat(request.maxOutputTokens()).isEqualTo(7);
    assertThat(request.prompt()).isEqualTo(Prompt.ofTexts(List.of("a", "b", "z")));
  }

  @Test
  void readRequest_azurePathAndNoModel_deploymentIsTheModel() {
    String path = "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21";

    assertThat(read(path, "{\"messages\":[]}").model()).isEqualTo("my-gpt");
    assertThat(read(path, "{\"messages\":[],\"model\":\"gpt-4o\"}").model()).isEqualTo("gpt-4o");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"model\"",
        "{}",
        "{\"model\":\"m\"}",
        "{\"messages\":[]}",
        "{\"model\":\"\",\"messages\":[]}",
        "{\"model\":7,\"messages\":[]}",
        "{\"model\":\"m\",\"messages\":\"Hi\"}",
        "{\"model\":\"m\",\"messages\":[1]}",
        "{\"model\":\"m\",\"messages\":[],\"max_tokens\":\"many\"}",
        "{\"model\":\"m\",\"messages\":[],\"max_tokens\":99999999999999999999999}",
        "{\"model\":\"m\",\"messages\":[],\"stream\":\"yes\"}",
        "{\"model\":\"m\",\"model\":\"n\",\"messages\":[]}",
        "{\"model\":\"m\",\"messages\":[]",
        "{\"model\":\"m\",\"messages\":[]} {}",
        "{\"model\":\"m\",\"messages\":[]}x",
        "model=m&messages=none"
      })
  void readRequest_notThisDialect_null(String body) {
    assertThat(dialect(CHAT).readRequest(CHAT, body.getBytes(UTF_8))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null | false",
        "\"auto\" | false",
        "\"none\" | false",
        "\"required\" | true",
        "{\"type\":\"function\",\"function\":{\"name\":\"f\"}} | true",
        "{\"type\":\"auto\"} | false",
        "{\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[]} | false",
        "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\"}} | true"
      },
      quoteCharacter = '`')
  void readRequest_toolChoice_isForcedOrNot(String choice, boolean forced) {
    String body = "{\"model\":\"m\",\"messages\":[],\"tool_choice\":" + choice + "}";

    assertThat(read(CHAT, body).prompt().toolChoiceForced()).isEqualTo(forced);
  }

  @Test
  void readRequest_modelOfAbsurdLength_null() {
    String body = "{\"model\":\"" + "m".repeat(300) + "\",\"messages\":[]}";

    assertThat(dialect(CHAT).readRequest(CHAT, body.getBytes(UTF_8))).isNull();
  }

  @Test
  void readRequest_nestedTooDeeply_null() {
    String deep = "[".repeat(200_000) + "]".repeat(200_000);
    String body = "{\"model\":\"m\",\"input\":" + deep + "}";

    assertThat(dialect("/v1/embeddings").readRequest("", body.getBytes(UTF_8))).isNull();
  }

  @Test
  void readRequest_stringsOfManyMegabytes_areRead() {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "a".repeat(21_000_000)
            + "\"}]}";

    Prompt.Text text = (Prompt.Text) read(CHAT, body).prompt().messages().get(0).parts().get(0);
    assertThat(text.text().length()).isEqualTo(21_000_000);
  }

  @Test
  void readRequest_explicitNulls_asIfAbsent() {
    LlmRequest request =
        read(
            CHAT,
            """
            {"model":"m","messages":[{"role":"user","content":null,"name":null,"tool_calls":null}],
             "max_tokens":null,"n":null,"stream":null,"tools":null,"tool_choice":null,"response_format":null}
            """);

    assertThat(request.maxOutputTokens()).isEqualTo(LlmRequest.UNLIMITED);
    assertThat(request.choices()).isEqualTo(1);
    assertThat(request.streaming()).isFalse();
    assertThat(request.prompt().tools()).isEmpty();
    assertThat(request.prompt().toolChoiceForced()).isFalse();
  }

  private static Dialect dialect(String path) {
    return Dialects.find("POST", "api.openai.com", path);
  }

  private static LlmRequest read(String path, String body) {
    LlmRequest request = dialect(path).readRequest(path, body.getBytes(UTF_8));
    assertThat(request).isNotNull();
    return request;
  }
}
