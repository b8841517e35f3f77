package io.tokenmeter.providers.gemini;

import static io.tokenmeter.providers.gemini.FieldNames.camel;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.EarlyEnding;
import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.OpenChoices;
import java.io.IOException;

/**
 * How Gemini ends at the limit to output: a last chunk with {@code finishReason: "MAX_TOKENS"} for
 * each candidate that has not ended, and the usage.
 */
final class GeminiEnding implements EarlyEnding {
  private final OpenChoices candidates = new OpenChoices();
  private String id = "";
  private String model = "";
  private boolean blocked;
  private boolean failed;

  private GeminiEnding() {}

  static GeminiEnding of(byte[] request) {
    GeminiEnding ending = new GeminiEnding();
    JsonCursor.readFields(request, ending::asked);
    return ending;
  }

  private void asked(JsonCursor json, String name) throws IOException {
    if (camel(name).equals("generationConfig") && json.isObject()) {
      json.eachField(
          field -> {
            if (camel(field).equals("candidateCount")) {
              candidates.atLeast(json.number(1));
            }
          });
    }
  }

  @Override
  public void event(byte[] data) {
    JsonCursor.readFields(data, this::field);
  }

  private void field(JsonCursor json, String name) throws IOException {
    switch (name) {
      case "responseId" -> id = json.text("");
      case "modelVersion" -> model = json.text("");
      case "promptFeedback" -> {
        if (json.isObject()) {
          json.eachField(field -> blocked |= field.equals("blockReason") && json.isText());
        }
      }
      case "candidates" -> json.eachOrOne(() -> candidates.read(json, "finishReason"));
      case "error" -> failed = true;
      default -> {}
    }
  }

  @Override
  public boolean isOver() {
    return failed || blocked || candidates.allEnded();
  }

  @Override
  public void write(Usage usage, Events events) {
    events.add(
        "",
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("candidates");
          for (long index : candidates.open()) {
            json.writeStartObject();
            json.writeObjectFieldStart("content");
            json.writeArrayFieldStart("parts");
            json.writeStartObject();
            json.writeStringField("text", "");
            json.writeEndObject();
            json.writeEndArray();
            json.writeStringField("role", "model");
            json.writeEndObject();
            json.writeStringField("finishReason", "MAX_TOKENS");
            json.writeNumberField("index", index);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeObjectFieldStart("usageMetadata");
          json.writeNumberField("promptTokenCount", usage.inputTokens());
          json.writeNumberField("candidatesTokenCount", usage.outputTokens());
          json.writeNumberField("totalTokenCount", usage.totalTokens());
          json.writeEndObject();
          if (!model.isEmpty()) {
            json.writeStringField("modelVersion", model);
          }
          if (!id.isEmpty()) {
            json.writeStringField("responseId", id);
          }
          json.writeEndObject();
        });
  }
}
