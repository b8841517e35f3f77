package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.wire.Shape;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the Responses API. In a stream every event has a {@code type}; the last one repeats
 * the whole response, whose texts were seen as deltas before.
 */
final class ResponsesAnswer extends OpenAiAnswer {
  static final Shape<ResponsesAnswer> SHAPE = shape();

  private String type = "";
  private @Nullable String delta;
  private @Nullable String itemName;
  private @Nullable String code;
  private @Nullable String status;
  private @Nullable String incompleteReason;

  ResponsesAnswer(int status, Consumer<? super CharSequence> output) {
    super(status, output);
  }

  private static Shape<ResponsesAnswer> shape() {
    Shape<ResponsesAnswer> shape =
        OpenAiAnswer.<ResponsesAnswer>declareErrors(new Shape<>())
            .output(
                "output[].content[].text",
                "output[].content[].refusal",
                "output[].summary[].text",
                "output[].name",
                "output[].arguments",
                "output[].input")
            .text("type", ResponsesAnswer::type)
            .text("delta", (a, text) -> a.delta = text)
            .text("code", ResponsesAnswer::code)
            .text("item.name", (a, name) -> a.itemName = name);
    for (String response : new String[] {"", "response."}) {
      shape
          .text(response + "id", ResponsesAnswer::id)
          .text(response + "model", ResponsesAnswer::model)
          .text(response + "error.code", ResponsesAnswer::errorCode)
          .text(response + "status", (a, text) -> a.status = text)
          .text(response + "incomplete_details.reason", (a, text) -> a.incompleteReason = text);
      OpenAiUsage.declare(shape, response + "usage.");
    }
    return shape;
  }

  private void type(String value) {
    type = value;
    typeOfBody(value);
  }

  private void code(String value) {
    code = value;
    ofFailedBody(value);
  }

  /** What an event's fields mean depends on its type, which may come after them. */
  @Override
  protected void documentRead() {
    // Sound comes as base64, and its transcript apart.
    if (delta != null && !type.endsWith("audio.delta")) {
      output(delta);
    }
    if (itemName != null && type.equals("response.output_item.added")) {
      output(itemName);
    }
    if (code != null && type.equals("error")) {
      errorCode(code);
    }
    if (status != null && isEnd(status)) {
      finishReason(incompleteReason == null ? status : incompleteReason);
      if (type.equals("response." + status)) {
        complete();
      }
    }
    if (status != null) {
      pending(isBegun(status));
    }
    type = "";
    delta = null;
    itemName = null;
    code = null;
    status = null;
  }

  /** As in the answer to a request with {@code "background": true}; a stream ends otherwise. */
  private static boolean isBegun(String status) {
    return status.equals("queued") || status.equals("in_progress");
  }

  private static boolean isEnd(String status) {
    return switch (status) {
      case "completed", "incomplete", "failed", "cancelled" -> true;
      default -> false;
    };
  }
}
