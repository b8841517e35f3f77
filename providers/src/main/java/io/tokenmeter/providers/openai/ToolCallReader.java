package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;

/** Reads a call that the model made earlier. */
final class ToolCallReader {
  private final JsonCursor json;
  private String name = "";
  private String arguments = "";

  private ToolCallReader(JsonCursor json) {
    this.json = json;
  }

  static Prompt.ToolCall read(JsonCursor json) throws IOException {
    ToolCallReader reader = new ToolCallReader(json);
    json.eachField(reader::field);
    return new Prompt.ToolCall(reader.name, reader.arguments);
  }

  private void field(String field) throws IOException {
    switch (field) {
      case "function", "custom" -> json.eachField(this::field);
      case "name" -> name = json.text("");
      case "arguments", "input" ->
          // Some callers send the arguments as JSON, not as a string of it.
          arguments = json.isObject() ? json.compactJson() : json.text("");
      default -> {}
    }
  }
}
