package io.tokenmeter.providers.gemini;

import static io.tokenmeter.providers.gemini.FieldNames.camel;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.Media;
import io.tokenmeter.providers.wire.RawText;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a {@code Content}: a role and parts. */
final class ContentReader {
  private final JsonCursor json;
  private final List<Prompt.Part> parts = new ArrayList<>();
  private String role;

  private ContentReader(JsonCursor json, String role) {
    this.json = json;
    this.role = role;
  }

  /**
   * Adds the content that the cursor stands on as a message.
   *
   * @param role the message's role where the content states none
   */
  static void read(JsonCursor json, RequestDraft draft, String role) throws IOException {
    ContentReader reader = new ContentReader(json, role);
    json.eachField(reader::field);
    draft.message(reader.role, null, reader.parts);
  }

  /** Adds the content as bare text, whatever role it states: embeddings know none. */
  static void readBare(JsonCursor json, RequestDraft draft) throws IOException {
    ContentReader reader = new ContentReader(json, "");
    json.eachField(reader::field);
    draft.message("", null, reader.parts);
  }

  private void field(String name) throws IOException {
    switch (name) {
      // The role that Google's libraries write into a system instruction means nothing.
      case "role" -> role = role.isEmpty() ? json.text("") : role;
      case "parts" -> json.eachOrOne(() -> json.eachField(this::part));
      default -> {}
    }
  }

  private void part(String name) throws IOException {
    switch (camel(name)) {
      case "text" -> parts.add(new Prompt.Text(json.text("")));
      case "inlineData", "fileData" -> new DataReader().read();
      case "functionCall" -> functionCall();
      case "functionResponse", "executableCode", "codeExecutionResult" -> {
        if (json.isObject()) {
          json.eachField(this::resultField);
        }
      }
      default -> {}
    }
  }

  private void functionCall() throws IOException {
    String[] call = {"", ""};
    json.eachField(
        name -> {
          switch (name) {
            case "name" -> call[0] = json.text("");
            case "args" -> call[1] = json.compactJson();
            default -> {}
          }
        });
    parts.add(new Prompt.ToolCall(call[0], call[1]));
  }

  /** What a function or a piece of code gave back, or the code itself. */
  private void resultField(String name) throws IOException {
    switch (name) {
      case "name", "code", "output" -> parts.add(new Prompt.Text(json.text("")));
      case "response" -> parts.add(new Prompt.Text(json.compactJson()));
      default -> {}
    }
  }

  private final class DataReader {
    private String mediaType = "";
    private @Nullable RawText data;

    void read() throws IOException {
      json.eachField(this::field);
      parts.add(
          data == null
              ? Media.ofReference(mediaType, Detail.AUTO)
              : Media.ofBase64(mediaType, data, Detail.AUTO));
    }

    private void field(String name) throws IOException {
      switch (camel(name)) {
        case "mimeType" -> mediaType = json.text("");
        case "data" -> data = json.rawText();
        default -> {}
      }
    }
  }
}
