package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import java.io.IOException;

/**
 * Finds the schema in {@code response_format} (chat: {@code json_schema.schema}) or in {@code text}
 * (responses: {@code format.schema}).
 */
final class ResponseFormat {
  private ResponseFormat() {}

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    if (!json.isObject()) {
      return;
    }
    json.eachField(
        name -> {
          switch (name) {
            case "json_schema", "format" -> read(json, draft);
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
