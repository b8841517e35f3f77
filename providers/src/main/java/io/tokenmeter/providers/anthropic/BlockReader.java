package io.tokenmeter.providers.anthropic;

import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.Media;
import io.tokenmeter.providers.wire.RawText;
import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads content: a string, or blocks. Blocks nest (a tool's result holds blocks again), and what
 * the fields of a {@code source} mean its type tells, which may come after them.
 */
final class BlockReader {
  private final JsonCursor json;
  private final List<Prompt.Part> parts;
  private String type = "";
  private String sourceType = "";
  private String mediaType = "";
  private @Nullable RawText data;
  private boolean hasSource;
  private String toolName = "";
  private @Nullable String toolInput;

  private BlockReader(JsonCursor json, List<Prompt.Part> parts) {
    this.json = json;
    this.parts = parts;
  }

  /** Adds what the cursor stands on to {@code parts}. */
  static void read(JsonCursor json, List<Prompt.Part> parts) throws IOException {
    json.eachOrOne(() -> new BlockReader(json, parts).block());
  }

  private void block() throws IOException {
    if (json.isText()) {
      parts.add(new Prompt.Text(json.text()));
      return;
    }
    json.eachField(this::field);
    if (toolInput != null) {
      parts.add(new Prompt.ToolCall(toolName, toolInput));
    } else if (hasSource) {
      source();
    }
  }

  private void field(String name) throws IOException {
    switch (name) {
      case "type" -> type = json.text("");
      case "text", "thinking", "title", "context" -> {
        if (json.isText()) {
          parts.add(new Prompt.Text(json.text()));
        }
      }
      case "content" -> read(json, parts);
      case "name" -> toolName = json.text("");
      case "input" -> toolInput = json.compactJson();
      case "source" -> {
        if (json.isObject()) {
          hasSource = true;
          json.eachField(this::sourceField);
        } else if (json.isText()) {
          parts.add(new Prompt.Text(json.text())); // of a search result
        }
      }
      default -> {}
    }
  }

  private void sourceField(String name) throws IOException {
    switch (name) {
      case "type" -> sourceType = json.text("");
      case "media_type" -> mediaType = json.text("");
      case "data" -> data = json.rawText();
      case "content" -> read(json, parts);
      default -> {}
    }
  }

  private void source() throws IOException {
    if (data != null && sourceType.equals("text")) {
      parts.add(new Prompt.Text(data.decoded()));
    } else if (data != null) {
      parts.add(Media.ofBase64(mediaTypeOf(type), data, Detail.AUTO));
    } else if (!sourceType.equals("content")) {
      parts.add(Media.ofReference(mediaTypeOf(type), Detail.AUTO));
    }
  }

  private String mediaTypeOf(String block) {
    if (!mediaType.isEmpty()) {
      return mediaType;
    }
    return block.equals("image") ? "image/*" : "application/pdf";
  }
}
