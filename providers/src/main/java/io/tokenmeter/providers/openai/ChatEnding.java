package io.tokenmeter.providers.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.EarlyEnding;
import io.tokenmeter.providers.wire.JsonCursor;
import io.tokenmeter.providers.wire.OpenChoices;
import io.tokenmeter.providers.wire.Tokens;
import java.io.IOException;

/**
 * How chat completions and legacy completions end at the limit to output: {@code finish_reason:
 * "length"} for each choice that has not ended, the usage where it was asked for, {@code [DONE]}.
 */
final class ChatEnding implements EarlyEnding {
  private final boolean legacy;
  private final OpenChoices choices = new OpenChoices();
  private boolean usageAsked;
  private String id = "";
  private String model = "";
  private long created;
  private boolean failed;

  private ChatEnding(boolean legacy) {
    this.legacy = legacy;
  }

  static ChatEnding of(byte[] request, boolean legacy) {
    ChatEnding ending = new ChatEnding(legacy);
    JsonCursor.readFields(request, ending::asked);
    return ending;
  }

  private void asked(JsonCursor json, String name) throws IOException {
    if (name.equals("n")) {
      choices.atLeast(json.number(1));
    } else if (name.equals("stream_options") && json.isObject()) {
      json.eachField(
          option -> usageAsked |= option.equals("include_usage") && !json.isNull() && json.flag());
    }
  }

  @Override
  public void event(byte[] data) {
    JsonCursor.readFields(data, this::field);
  }

  private void field(JsonCursor json, String name) throws IOException {
    switch (name) {
      case "id" -> id = json.text("");
      case "model" -> model = json.text("");
      case "created" -> created = json.number(0);
      case "choices" -> json.eachOrOne(() -> choices.read(json, "finish_reason"));
      case "error" -> failed |= !json.isNull();
      default -> {}
    }
  }

  @Override
  public boolean isOver() {
    return failed || choices.allEnded();
  }

  @Override
  public void write(Usage usage, Events events) {
    for (long index : choices.open()) {
      events.add(
          "",
          json -> {
            head(json);
            json.writeStartObject();
            json.writeNumberField("index", index);
            if (legacy) {
              json.writeStringField("text", "");
            } else {
              json.writeObjectFieldStart("delta");
              json.writeEndObject();
            }
            json.writeNullField("logprobs");
            json.writeStringField("finish_reason", "length");
            json.writeEndObject();
            json.writeEndArray();
            if (usageAsked) {
              json.writeNullField("usage");
            }
            json.writeEndObject();
          });
    }
    if (usageAsked) {
      events.add(
          "",
          json -> {
            head(json);
            json.writeEndArray();
            json.writeObjectFieldStart("usage");
            json.writeNumberField("prompt_tokens", usage.inputTokens());
            json.writeNumberField("completion_tokens", usage.outputTokens());
            json.writeNumberField("total_tokens", usage.totalTokens());
            json.writeEndObject();
            json.writeEndObject();
          });
    }
    events.done();
  }

  /** Up to the beginning of the choices. */
  private void head(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", id);
    json.writeStringField("object", legacy ? "text_completion" : "chat.completion.chunk");
    json.writeNumberField("created", Math.min(Tokens.MAX, created));
    json.writeStringField("model", model);
    json.writeArrayFieldStart("choices");
  }
}
