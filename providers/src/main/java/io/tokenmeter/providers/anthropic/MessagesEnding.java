package io.tokenmeter.providers.anthropic;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.EarlyEnding;
import io.tokenmeter.providers.wire.JsonCursor;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How messages end at the limit to output: the content block that is under way is closed, {@code
 * message_delta} has the stop reason {@code max_tokens} and the usage, {@code message_stop}.
 */
final class MessagesEnding implements EarlyEnding {
  private final SortedSet<Long> open = new TreeSet<>();
  private String type = "";
  private long index;
  private boolean over;

  @Override
  public void event(byte[] data) {
    type = "";
    index = 0;
    JsonCursor.readFields(data, this::field);
    switch (type) {
      case "content_block_start" -> open.add(index);
      case "content_block_stop" -> open.remove(index);
      case "message_stop", "error" -> over = true;
      default -> {}
    }
  }

  private void field(JsonCursor json, String name) throws IOException {
    switch (name) {
      case "type" -> type = json.text("");
      case "index" -> index = json.number(0);
      case "delta" -> {
        if (json.isObject()) {
          json.eachField(field -> over |= field.equals("stop_reason") && json.isText());
        }
      }
      default -> {}
    }
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void write(Usage usage, Events events) {
    for (long block : open) {
      events.add(
          "content_block_stop",
          json -> {
            json.writeStartObject();
            json.writeStringField("type", "content_block_stop");
            json.writeNumberField("index", block);
            json.writeEndObject();
          });
    }
    events.add(
        "message_delta",
        json -> {
          json.writeStartObject();
          json.writeStringField("type", "message_delta");
          json.writeObjectFieldStart("delta");
          json.writeStringField("stop_reason", "max_tokens");
          json.writeNullField("stop_sequence");
          json.writeEndObject();
          json.writeObjectFieldStart("usage");
          json.writeNumberField("output_tokens", usage.outputTokens());
          json.writeEndObject();
          json.writeEndObject();
        });
    events.add(
        "message_stop",
        json -> {
          json.writeStartObject();
          json.writeStringField("type", "message_stop");
          json.writeEndObject();
        });
  }
}
