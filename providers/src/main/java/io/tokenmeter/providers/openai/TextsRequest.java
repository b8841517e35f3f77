package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.RequestDraft;
import io.tokenmeter.tokenizers.Prompt;
import java.io.IOException;
import java.util.List;

/**
 * Reads the bodies of {@code POST /embeddings} and {@code POST /completions}: bare texts, or token
 * ids, one or many.
 */
final class TextsRequest {
  private final JsonCursor json;
  private final RequestDraft draft;
  private final String textsField;
  private int texts = -1;
  private long tokenIds;

  private TextsRequest(JsonCursor json, RequestDraft draft, String textsField) {
    this.json = json;
    this.draft = draft;
    this.textsField = textsField;
  }

  static void readEmbeddings(JsonCursor json, RequestDraft draft) throws IOException {
    new TextsRequest(json, draft, "input").read();
  }

  static void readCompletion(JsonCursor json, RequestDraft draft) throws IOException {
    TextsRequest request = new TextsRequest(json, draft, "prompt");
    request.read();
    // Each prompt is answered n times.
    draft.eachOf(request.texts);
  }

  private void read() throws IOException {
    json.eachUniqueField(this::field);
    JsonCursor.require(texts >= 0);
  }

  private void field(String name) throws IOException {
    if (name.equals(textsField)) {
      texts = 0;
      texts();
      return;
    }
    switch (name) {
      case "model" -> draft.model(json.text());
      case "suffix" -> {
        if (json.isText()) {
          draft.message("", null, List.of(new Prompt.Text(json.text())));
        }
      }
      case "max_tokens" -> draft.maxOutputTokens(json.number(-1));
      case "n", "best_of" -> draft.choices(json.number(1));
      case "stream" -> draft.streaming(json.flag());
      default -> {}
    }
  }

  private void texts() throws IOException {
    if (json.isText()) {
      add(new Prompt.Text(json.text()));
      return;
    }
    json.eachElement(
        () -> {
          if (json.isNumber()) {
            tokenIds++;
          } else {
            JsonCursor.require(json.isText() || json.isArray());
            texts();
          }
        });
    if (tokenIds > 0) {
      add(new Prompt.TokenIds(tokenIds));
      tokenIds = 0;
    }
  }

  private void add(Prompt.Part text) {
    texts++;
    draft.message("", null, List.of(text));
  }
}
