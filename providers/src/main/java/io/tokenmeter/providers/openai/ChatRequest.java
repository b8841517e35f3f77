package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.providers.wire.ToolReader;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /chat/completions}. */
final class ChatRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private boolean hasMessages;

  private ChatRequest(JsonCursor json, RequestDraft draft) {
    this.json = json;
    this.draft = draft;
  }

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    ChatRequest request = new ChatRequest(json, draft);
    json.eachUniqueField(request::field);
    JsonCursor.require(request.hasMessages);
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "model" -> draft.model(json.text());
      case "messages" -> {
        hasMessages = true;
        json.eachElement(() -> draft.part(json, () -> new MessageReader().read()));
      }
      case "max_tokens", "max_completion_tokens" -> draft.maxOutputTokens(json.number(-1));
      case "n" -> draft.choices(json.number(1));
      case "stream" -> draft.streaming(json.flag());
      case "tools", "functions" ->
          json.eachOrOne(() -> draft.part(json, () -> draft.tool(ToolReader.read(json))));
      case "tool_choice", "function_call" -> draft.toolChoiceForced(ToolChoice.isForced(json));
      case "response_format" -> ResponseFormat.read(json, draft);
      default -> {}
    }
  }

  private final class MessageReader {
    private final List<Prompt.Part> parts = new ArrayList<>();
    private String role = "";
    private @Nullable String name;

    void read() throws IOException {
      json.eachField(this::field);
      draft.message(role, name, parts);
    }

    private void field(String field) throws IOException {
      switch (field) {
        case "role" -> role = json.text("");
        case "name" -> name = json.isNull() ? null : json.text();
        case "content", "refusal", "reasoning_content" -> ContentReader.read(json, parts);
        case "tool_calls", "function_call" ->
            json.eachOrOne(() -> parts.add(ToolCallReader.read(json)));
        default -> {}
      }
    }
  }
}
