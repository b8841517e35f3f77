package io.tokenmeter.providers.gemini;

import static io.tokenmeter.providers.gemini.FieldNames.camel;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.providers.wire.ToolReader;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;

/**
 * Reads the body of {@code :generateContent} and {@code :streamGenerateContent}. What {@code
 * cachedContent} refers to is billed too, but cannot be known here.
 */
final class GeminiRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private boolean hasContents;

  private GeminiRequest(JsonCursor json, RequestDraft draft) {
    this.json = json;
    this.draft = draft;
  }

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    GeminiRequest request = new GeminiRequest(json, draft);
    json.eachUniqueField(request::field);
    JsonCursor.require(request.hasContents);
  }

  private void field(String name) throws IOException {
    switch (camel(name)) {
      case "contents" -> {
        JsonCursor.require(json.isArray() || json.isObject());
        hasContents = true;
        json.eachOrOne(() -> draft.part(json, () -> ContentReader.read(json, draft, "")));
      }
      case "systemInstruction" -> {
        if (json.isObject()) {
          draft.part(json, () -> ContentReader.read(json, draft, "system"));
        }
      }
      case "tools" -> json.eachOrOne(() -> draft.part(json, () -> json.eachField(this::tools)));
      case "toolConfig" -> {
        if (json.isObject()) {
          json.eachField(this::toolConfig);
        }
      }
      case "generationConfig" -> {
        if (json.isObject()) {
          json.eachUniqueField(this::generationConfig);
        }
      }
      default -> {}
    }
  }

  /** Functions of the caller, or a tool of Google's that goes by its field's name. */
  private void tools(String name) throws IOException {
    if (camel(name).equals("functionDeclarations")) {
      json.eachOrOne(() -> draft.tool(ToolReader.read(json)));
    } else if (json.isObject()) {
      draft.tool(new Prompt.Tool(name, "", ""));
    }
  }

  private void toolConfig(String name) throws IOException {
    if (camel(name).equals("functionCallingConfig") && json.isObject()) {
      json.eachField(this::toolConfig);
    } else if (name.equals("mode")) {
      draft.toolChoiceForced(json.isText() && json.text().equals("ANY"));
    }
  }

  private void generationConfig(String name) throws IOException {
    switch (camel(name)) {
      case "maxOutputTokens" -> draft.maxOutputTokens(json.number(-1));
      case "candidateCount" -> draft.choices(json.number(1));
      case "responseSchema", "responseJsonSchema", "ResponseJsonSchema" -> {
        if (json.isObject()) {
          draft.responseSchema(json.compactJson());
        }
      }
      default -> {}
    }
  }
}
