package io.tokenmeter.providers.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.EarlyEnding;
import io.tokenmeter.providers.wire.JsonCursor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the Responses API ends at the limit to output: the items that are under way are closed, then
 * {@code response.incomplete} repeats the whole response, with the reason {@code
 * max_output_tokens}. So that it can, the texts of the stream are kept until its end.
 */
final class ResponsesEnding implements EarlyEnding {
  private final Map<String, String> response = new LinkedHashMap<>();
  private final SortedMap<Long, ResponseItem> items = new TreeMap<>();
  private long sequence = -1;
  private boolean over;

  /** The fields of one event that matter. */
  private static final class Event {
    String type = "";
    String delta = "";
    long outputIndex;
    long partIndex;
    final Map<String, String> item = new LinkedHashMap<>();
  }

  @Override
  public void event(byte[] data) {
    Event event = new Event();
    if (JsonCursor.readFields(data, (json, name) -> field(json, name, event))) {
      take(event);
    }
  }

  private void field(JsonCursor json, String name, Event event) throws IOException {
    switch (name) {
      case "type" -> event.type = json.text("");
      case "sequence_number" -> sequence = json.number(sequence);
      case "output_index" -> event.outputIndex = json.number(0);
      case "content_index", "summary_index" -> event.partIndex = json.number(0);
      case "delta" -> event.delta = json.isText() ? json.text() : "";
      case "item" -> {
        if (json.isObject()) {
          json.eachField(field -> event.item.put(field, json.compactJson()));
        }
      }
      case "response" -> {
        if (json.isObject()) {
          json.eachField(field -> response.put(field, json.compactJson()));
        }
      }
      default -> {}
    }
  }

  private void take(Event event) {
    switch (event.type) {
      case "response.output_item.added" ->
          items.put(event.outputIndex, new ResponseItem(event.item));
      case "response.output_item.done" -> item(event).done(event.item);
      case "response.output_text.delta",
          "response.refusal.delta",
          "response.reasoning_summary_text.delta",
          "response.reasoning_text.delta" ->
          item(event).text(event.type, event.partIndex, event.delta);
      case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta" ->
          item(event).arguments(event.delta);
      case "response.completed", "response.incomplete", "response.failed", "error" -> over = true;
      default -> {}
    }
  }

  private ResponseItem item(Event event) {
    return items.computeIfAbsent(event.outputIndex, index -> new ResponseItem(Map.of()));
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void write(Usage usage, Events events) {
    items.forEach(
        (index, item) -> {
          if (!item.isDone()) {
            item.closeParts(events, index, this::begin);
            events.add(
                "response.output_item.done",
                json -> {
                  begin(json, "response.output_item.done");
                  json.writeNumberField("output_index", index);
                  json.writeFieldName("item");
                  item.write(json);
                  json.writeEndObject();
                });
          }
        });
    events.add(
        "response.incomplete",
        json -> {
          begin(json, "response.incomplete");
          json.writeObjectFieldStart("response");
          for (Map.Entry<String, String> field : response.entrySet()) {
            switch (field.getKey()) {
              case "status", "incomplete_details", "output", "usage" -> {}
              default -> {
                json.writeFieldName(field.getKey());
                json.writeRawValue(field.getValue());
              }
            }
          }
          rest(json, usage);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private void begin(JsonGenerator json, String type) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", type);
    json.writeNumberField("sequence_number", ++sequence);
  }

  private void rest(JsonGenerator json, Usage usage) throws IOException {
    json.writeStringField("status", "incomplete");
    json.writeObjectFieldStart("incomplete_details");
    json.writeStringField("reason", "max_output_tokens");
    json.writeEndObject();
    json.writeArrayFieldStart("output");
    for (ResponseItem item : items.values()) {
      item.write(json);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("usage");
    json.writeNumberField("input_tokens", usage.inputTokens());
    json.writeObjectFieldStart("input_tokens_details");
    json.writeNumberField("cached_tokens", 0);
    json.writeEndObject();
    json.writeNumberField("output_tokens", usage.outputTokens());
    json.writeObjectFieldStart("output_tokens_details");
    json.writeNumberField("reasoning_tokens", 0);
    json.writeEndObject();
    json.writeNumberField("total_tokens", usage.totalTokens());
    json.writeEndObject();
  }
}
