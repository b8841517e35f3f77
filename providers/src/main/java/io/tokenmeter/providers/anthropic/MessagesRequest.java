package io.tokenmeter.providers.anthropic;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.providers.wire.ToolReader;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the body of {@code POST /v1/messages}. */
final class MessagesRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private boolean hasMessages;

  private MessagesRequest(JsonCursor json, RequestDraft draft) {
    this.json = json;
    this.draft = draft;
  }

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    MessagesRequest request = new MessagesRequest(json, draft);
    json.eachUniqueField(request::field);
    JsonCursor.require(request.hasMessages);
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "model" -> draft.model(json.text());
      case "messages" -> {
        hasMessages = true;
        json.eachElement(() -> draft.part(json, this::message));
      }
      case "system" -> draft.part(json, this::system);
      case "max_tokens" -> draft.maxOutputTokens(json.number(-1));
      case "stream" -> draft.streaming(json.flag());
      case "tools" ->
          json.eachOrOne(() -> draft.part(json, () -> draft.tool(ToolReader.read(json))));
      case "tool_choice" -> toolChoice();
      case "output_format", "output_config" -> outputFormat();
      default -> {}
    }
  }

  private void system() throws IOException {
    if (!json.isNull()) {
      List<Prompt.Part> parts = new ArrayList<>();
      BlockReader.read(json, parts);
      draft.message("system", null, parts);
    }
  }

  private void message() throws IOException {
    List<Prompt.Part> parts = new ArrayList<>();
    String[] role = {""};
    json.eachField(
        name -> {
          switch (name) {
            case "role" -> role[0] = json.text("");
            case "content" -> BlockReader.read(json, parts);
            default -> {}
          }
        });
    draft.message(role[0], null, parts);
  }

  private void toolChoice() throws IOException {
    if (!json.isObject()) {
      return;
    }
    json.eachField(
        name -> {
          if (name.equals("type")) {
            String type = json.text("");
            draft.toolChoiceForced(type.equals("any") || type.equals("tool"));
          }
        });
  }

  /** {@code output_format.schema}, or {@code output_config.format.schema}. */
  private void outputFormat() throws IOException {
    if (!json.isObject()) {
      return;
    }
    json.eachField(
        name -> {
          switch (name) {
            case "format" -> outputFormat();
            case "schema" -> {
              if (json.isObject()) {
                draft.responseSchema(json.compactJson());
              }
            }
            default -> {}
          }
        });
  }
}
