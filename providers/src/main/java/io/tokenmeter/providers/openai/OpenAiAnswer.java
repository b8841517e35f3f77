package io.tokenmeter.providers.openai;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Answer;
import io.tokenmeter.providers.wire.Shape;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer of chat completions, legacy completions or embeddings. */
sealed class OpenAiAnswer extends Answer permits ResponsesAnswer {
  private static final int BY_CODE = 1;
  private static final int BY_TYPE = 2;
  private static final int BY_NUMBER = 3;

  /** Plain bodies have a {@code message}, events a {@code delta}. */
  static final Shape<OpenAiAnswer> CHAT = shape();

  private final OpenAiUsage figures = new OpenAiUsage();

  OpenAiAnswer(int status, Consumer<? super CharSequence> output) {
    super(status, output);
  }

  OpenAiUsage figures() {
    return figures;
  }

  @Override
  protected @Nullable Usage usage() {
    return figures.normalised();
  }

  private static Shape<OpenAiAnswer> shape() {
    Shape<OpenAiAnswer> shape =
        OpenAiAnswer.<OpenAiAnswer>declareErrors(new Shape<>())
            .text("id", OpenAiAnswer::id)
            .text("model", OpenAiAnswer::model)
            .number("choices[].index", OpenAiAnswer::choice)
            .text("choices[].finish_reason", OpenAiAnswer::finishReason)
            .after("choices[]", OpenAiAnswer::endChoice)
            .output("choices[].text");
    for (String message : new String[] {"choices[].message.", "choices[].delta."}) {
      shape.output(
          message + "content",
          message + "content[].text",
          message + "content[].thinking[].text",
          message + "refusal",
          message + "reasoning_content",
          message + "reasoning",
          message + "audio.transcript",
          message + "tool_calls[].function.name",
          message + "tool_calls[].function.arguments",
          message + "tool_calls[].custom.name",
          message + "tool_calls[].custom.input",
          message + "function_call.name",
          message + "function_call.arguments");
    }
    OpenAiUsage.declare(shape, "usage.");
    OpenAiUsage.declare(shape, "x_groq.usage.");
    // Moonshot's place for it in a stream.
    return OpenAiUsage.declare(shape, "choices[].usage.");
  }

  /** An error is an object of that name, or (Mistral, vLLM) the whole body of a failed call. */
  static <A extends OpenAiAnswer> Shape<A> declareErrors(Shape<A> shape) {
    return shape
        .text("error.code", OpenAiAnswer::errorCode)
        .text("error.type", (a, type) -> a.error(BY_TYPE, type))
        .text("code", OpenAiAnswer::ofFailedBody)
        .text("type", OpenAiAnswer::typeOfBody);
  }

  /** OpenRouter's and others' codes are the HTTP status, which says less than the type. */
  void errorCode(String code) {
    boolean number = code.chars().allMatch(Character::isDigit);
    error(number ? BY_NUMBER : BY_CODE, code);
  }

  void ofFailedBody(String code) {
    if (!isSuccess()) {
      errorCode(code);
    }
  }

  void typeOfBody(String type) {
    if (!isSuccess()) {
      error(BY_TYPE, type);
    }
  }
}
