package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.providers.wire.ToolReader;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the body of {@code POST /responses}. What the server remembers ({@code
 * previous_response_id}, {@code conversation}) is billed too, but cannot be known here.
 */
final class ResponsesRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private boolean hasInput;

  private ResponsesRequest(JsonCursor json, RequestDraft draft) {
    this.json = json;
    this.draft = draft;
  }

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    ResponsesRequest request = new ResponsesRequest(json, draft);
    json.eachUniqueField(request::field);
    JsonCursor.require(request.hasInput);
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "model" -> draft.model(json.text());
      case "input" -> input();
      case "instructions" -> draft.part(json, this::instructions);
      case "max_output_tokens" -> draft.maxOutputTokens(json.number(-1));
      case "stream" -> draft.streaming(json.flag());
      case "tools" ->
          json.eachOrOne(() -> draft.part(json, () -> draft.tool(ToolReader.read(json))));
      case "tool_choice" -> draft.toolChoiceForced(ToolChoice.isForced(json));
      case "text" -> ResponseFormat.read(json, draft);
      default -> {}
    }
  }

  private void input() throws IOException {
    hasInput = true;
    if (json.isText()) {
      draft.message("user", null, List.of(new Prompt.Text(json.text())));
    } else {
      json.eachElement(() -> draft.part(json, () -> new ItemReader().read()));
    }
  }

  private void instructions() throws IOException {
    if (json.isText()) {
      draft.message("system", null, List.of(new Prompt.Text(json.text())));
    } else {
      json.eachOrOne(() -> new ItemReader().read());
    }
  }

  /** A message, a tool's call, its result, or reasoning: told apart by the fields they have. */
  private final class ItemReader {
    private final List<Prompt.Part> parts = new ArrayList<>();
    private String role = "";
    private String type = "";
    private String name = "";
    private String arguments = "";

    void read() throws IOException {
      json.eachField(this::field);
      if (!name.isEmpty() || !arguments.isEmpty()) {
        parts.add(new Prompt.ToolCall(name, arguments));
      }
      String implied = type.endsWith("_output") ? "tool" : "assistant";
      draft.message(role.isEmpty() ? implied : role, null, parts);
    }

    private void field(String field) throws IOException {
      switch (field) {
        case "type" -> type = json.text("");
        case "role" -> role = json.text("");
        case "name" -> name = json.text("");
        case "arguments", "input" -> {
          if (json.isText()) {
            arguments = json.text();
          }
        }
        case "content", "output", "summary" -> ContentReader.read(json, parts);
        default -> {}
      }
    }
  }
}
