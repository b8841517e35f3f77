package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.Media;
import io.tokenmeter.providers.wire.RawText;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message's content: a string, or parts. Chat completions wrap what the Responses API has
 * flat ({@code image_url: {url}} and {@code image_url}), so fields are told apart by name alone.
 */
final class ContentReader {
  private final JsonCursor json;
  private final List<Prompt.Part> parts;
  private String type = "";
  private Detail detail = Detail.AUTO;
  private @Nullable RawText url;
  private @Nullable RawText audio;
  private @Nullable RawText file;
  private boolean reference;

  private ContentReader(JsonCursor json, List<Prompt.Part> parts) {
    this.json = json;
    this.parts = parts;
  }

  /** Adds what the cursor stands on to {@code parts}. */
  static void read(JsonCursor json, List<Prompt.Part> parts) throws IOException {
    json.eachOrOne(() -> new ContentReader(json, parts).part());
  }

  private void part() throws IOException {
    if (json.isText()) {
      parts.add(new Prompt.Text(json.text()));
      return;
    }
    json.eachField(this::field);
    if (url != null) {
      parts.add(Media.ofUrl("image/*", url, detail));
    } else if (audio != null) {
      parts.add(Media.audioOfBase64(audio));
    } else if (file != null) {
      parts.add(Media.ofUrl("application/octet-stream", file, detail));
    } else if (reference) {
      parts.add(
          Media.ofReference(
              type.endsWith("image") || type.endsWith("screenshot")
                  ? "image/*"
                  : "application/octet-stream",
              detail));
    }
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "type" -> type = json.text("");
      case "text", "refusal" -> {
        if (json.isText()) {
          parts.add(new Prompt.Text(json.text()));
        }
      }
      case "detail" -> detail = Media.detail(json.text(""));
      case "image_url", "input_audio", "file" -> {
        if (json.isObject()) {
          json.eachField(this::field);
        } else {
          url = raw();
        }
      }
      case "url" -> url = raw();
      case "data" -> audio = raw();
      case "file_data" -> file = raw();
      case "file_id", "file_url" -> reference |= json.isText();
      case "thinking" -> read(json, parts);
      default -> {}
    }
  }

  private @Nullable RawText raw() throws IOException {
    return json.isNull() ? null : json.rawText();
  }
}
