package io.tokenmeter.providers.wire;

import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;

/**
 * Reads the definition of a tool, in the words of any provider. A tool that has no name of its own,
 * because it is the provider's, goes by its type.
 */
public final class ToolReader {
  private final JsonCursor json;
  private final StringBuilder schema = new StringBuilder();
  private String type = "";
  private String name = "";
  private String description = "";

  private ToolReader(JsonCursor json) {
    this.json = json;
  }

  /** The tool whose object the cursor stands on. */
  public static Prompt.Tool read(JsonCursor json) throws IOException {
    ToolReader reader = new ToolReader(json);
    json.eachField(reader::field);
    return new Prompt.Tool(
        reader.name.isEmpty() ? reader.type : reader.name,
        reader.description,
        reader.schema.toString());
  }

  private void field(String field) throws IOException {
    switch (field) {
      case "type" -> type = json.text("");
      case "name" -> name = json.text("");
      case "description" -> description = json.text("");
      case "parameters",
          "input_schema",
          "format",
          "parametersJsonSchema",
          "parameters_json_schema",
          "response",
          "responseJsonSchema",
          "response_json_schema" -> {
        if (!json.isNull()) {
          schema.append(json.compactJson());
        }
      }
      case "function", "custom" -> {
        if (json.isObject()) {
          json.eachField(this::field);
        }
      }
      default -> {}
    }
  }
}
