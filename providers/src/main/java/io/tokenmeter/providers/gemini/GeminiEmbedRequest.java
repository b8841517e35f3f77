package io.tokenmeter.providers.gemini;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import java.io.IOException;

/** Reads the bodies of {@code :embedContent} and {@code :batchEmbedContents}. */
final class GeminiEmbedRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private boolean hasContent;

  private GeminiEmbedRequest(JsonCursor json, RequestDraft draft) {
    this.json = json;
    this.draft = draft;
  }

  static void read(JsonCursor json, RequestDraft draft) throws IOException {
    GeminiEmbedRequest request = new GeminiEmbedRequest(json, draft);
    json.eachUniqueField(request::field);
    JsonCursor.require(request.hasContent);
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "requests" -> json.eachElement(() -> json.eachUniqueField(this::field));
      case "content" -> {
        hasContent = true;
        ContentReader.readBare(json, draft);
      }
      default -> {}
    }
  }
}
