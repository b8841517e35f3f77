package io.tokenmeter.providers.gemini;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Answer;
import io.tokenmeter.providers.wire.Shape;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer of Gemini. A stream repeats the plain answer's form chunk by chunk, as events or (not
 * asked for events) as elements of one array.
 */
final class GeminiAnswer extends Answer {
  static final Shape<GeminiAnswer> SHAPE = shape();

  private static final int BY_STATUS = 1;
  private static final int BY_CODE = 2;

  private final GeminiUsage figures = new GeminiUsage();
  private boolean finished;

  GeminiAnswer(int status, Consumer<? super CharSequence> output) {
    super(status, output);
  }

  private static Shape<GeminiAnswer> shape() {
    Shape<GeminiAnswer> shape =
        new Shape<GeminiAnswer>()
            .orArrayOfIt()
            .text("responseId", GeminiAnswer::id)
            .text("modelVersion", GeminiAnswer::model)
            .number("candidates[].index", GeminiAnswer::choice)
            .text("candidates[].finishReason", GeminiAnswer::finish)
            .after("candidates[]", GeminiAnswer::endChoice)
            .text("promptFeedback.blockReason", GeminiAnswer::finish)
            .output(
                "candidates[].content.parts[].text",
                "candidates[].content.parts[].functionCall.name",
                "candidates[].content.parts[].executableCode.code")
            .jsonOutput("candidates[].content.parts[].functionCall.args")
            .text("error.status", (a, status) -> a.error(BY_STATUS, status))
            .text("error.code", (a, code) -> a.error(BY_CODE, code));
    return GeminiUsage.declare(shape, "usageMetadata.");
  }

  GeminiUsage figures() {
    return figures;
  }

  private void finish(String reason) {
    finished = true;
    finishReason(reason);
  }

  @Override
  protected @Nullable Usage usage() {
    return figures.normalised();
  }

  /** The stream has no closing event; its last chunk has the reason why it ends. */
  @Override
  protected void documentRead() {
    if (finished) {
      complete();
    }
  }
}
