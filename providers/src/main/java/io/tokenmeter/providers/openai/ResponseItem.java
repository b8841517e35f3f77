package io.tokenmeter.providers.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.providers.wire.EarlyEnding;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** An item of a response's output, as far as it has come: a message, a tool's call, reasoning. */
final class ResponseItem {
  private static final String MESSAGE = "\"message\"";

  private final Map<String, String> fields;
  private final SortedMap<Long, StringBuilder> texts = new TreeMap<>();
  private final SortedMap<Long, StringBuilder> refusals = new TreeMap<>();
  private final StringBuilder arguments = new StringBuilder();
  private boolean done;

  /** Begins an event of a type. */
  @FunctionalInterface
  interface Beginning {
    void begin(JsonGenerator json, String type) throws IOException;
  }

  /**
   * @param fields as compact JSON
   */
  ResponseItem(Map<String, String> fields) {
    this.fields = new LinkedHashMap<>(fields);
  }

  void text(String eventType, long part, String delta) {
    if (eventType.startsWith("response.reasoning")) {
      return; // told in full once the item is done, and not by an item that is cut
    }
    SortedMap<Long, StringBuilder> parts =
        eventType.startsWith("response.refusal") ? refusals : texts;
    parts.computeIfAbsent(part, index -> new StringBuilder()).append(delta);
  }

  void arguments(String delta) {
    arguments.append(delta);
  }

  /** The item is whole; its fields say everything. */
  void done(Map<String, String> whole) {
    done = true;
    fields.clear();
    fields.putAll(whole);
    texts.clear();
    refusals.clear();
  }

  boolean isDone() {
    return done;
  }

  /** Closes the texts that are under way. */
  void closeParts(EarlyEnding.Events events, long outputIndex, Beginning beginning) {
    texts.forEach(
        (part, text) -> {
          events.add(
              "response.output_text.done",
              json -> {
                beginning.begin(json, "response.output_text.done");
                place(json, outputIndex, part);
                json.writeStringField("text", text.toString());
                json.writeArrayFieldStart("logprobs");
                json.writeEndArray();
                json.writeEndObject();
              });
          events.add(
              "response.content_part.done",
              json -> {
                beginning.begin(json, "response.content_part.done");
                place(json, outputIndex, part);
                json.writeFieldName("part");
                textPart(json, text);
                json.writeEndObject();
              });
        });
  }

  private void place(JsonGenerator json, long outputIndex, long part) throws IOException {
    json.writeFieldName("item_id");
    json.writeRawValue(fields.getOrDefault("id", "\"\""));
    json.writeNumberField("output_index", outputIndex);
    json.writeNumberField("content_index", part);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, String> field : fields.entrySet()) {
      if (done || !isReplaced(field.getKey())) {
        json.writeFieldName(field.getKey());
        json.writeRawValue(field.getValue());
      }
    }
    if (!done) {
      writeReplaced(json);
    }
    json.writeEndObject();
  }

  private boolean isReplaced(String field) {
    return switch (field) {
      case "status" -> true;
      case "content" -> MESSAGE.equals(fields.get("type"));
      case "arguments", "input" -> !arguments.isEmpty();
      default -> false;
    };
  }

  private void writeReplaced(JsonGenerator json) throws IOException {
    json.writeStringField("status", "incomplete");
    if (MESSAGE.equals(fields.get("type"))) {
      json.writeArrayFieldStart("content");
      for (StringBuilder text : texts.values()) {
        textPart(json, text);
      }
      for (StringBuilder refusal : refusals.values()) {
        json.writeStartObject();
        json.writeStringField("type", "refusal");
        json.writeStringField("refusal", refusal.toString());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (!arguments.isEmpty()) {
      json.writeStringField(
          fields.containsKey("input") ? "input" : "arguments", arguments.toString());
    }
  }

  private static void textPart(JsonGenerator json, StringBuilder text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "output_text");
    json.writeStringField("text", text.toString());
    json.writeArrayFieldStart("annotations");
    json.writeEndArray();
    json.writeEndObject();
  }
}
