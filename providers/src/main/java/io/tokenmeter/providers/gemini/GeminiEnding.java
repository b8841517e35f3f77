package io.tokenmeter.providers.gemini;

import static io.tokenmeter.providers.gemini.FieldNames.camel;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.EarlyEnding;
import io.tokenmeter.providers.wire.JsonCursor;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * How Gemini ends at the limit to output: a last chunk with {@code finishReason: "MAX_TOKENS"} for
 * each candidate that has not ended, and the usage.
 */
final class GeminiEnding implements EarlyEnding {
  private static final int MOST_CANDIDATES = 128;

  private final Set<Long> ended = new HashSet<>();
  private int candidates = 1;
  private String id = "";
  private String model = "";
  private boolean blocked;
  private boolean failed;

  private GeminiEnding() {}

  static GeminiEnding of(byte[] request) {
    GeminiEnding ending = new GeminiEnding();
    JsonCursor.<Boolean>read(
        request,
        root -> {
          root.eachField(name -> ending.asked(root, name));
          return true;
        });
    return ending;
  }

  private void asked(JsonCursor json, String name) throws IOException {
    if (camel(name).equals("generationConfig") && json.isObject()) {
      json.eachField(
          field -> {
            if (camel(field).equals("candidateCount")) {
              atLeast(json.number(1));
            }
          });
    }
  }

  private void atLeast(long count) {
    candidates = (int) Math.max(candidates, Math.min(MOST_CANDIDATES, count));
  }

  @Override
  public void event(byte[] data) {
    JsonCursor.<Boolean>read(
        data,
        root -> {
          root.eachField(name -> field(root, name));
          return true;
        });
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
      case "candidates" -> json.eachOrOne(() -> candidate(json));
      case "error" -> failed = true;
      default -> {}
    }
  }

  private void candidate(JsonCursor json) throws IOException {
    long[] index = {0};
    boolean[] over = {false};
    json.eachField(
        name -> {
          switch (name) {
            case "index" -> index[0] = json.number(0);
            case "finishReason" -> over[0] = json.isText();
            default -> {}
          }
        });
    atLeast(index[0] + 1);
    if (over[0]) {
      ended.add(index[0]);
    }
  }

  @Override
  public boolean isOver() {
    return failed || blocked || ended.size() >= candidates;
  }

  @Override
  public void write(Usage usage, Events events) {
    events.add(
        "",
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("candidates");
          for (long index = 0; index < candidates; index++) {
            if (!ended.contains(index)) {
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
