package io.tokenmeter.providers.anthropic;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.wire.Answer;
import io.tokenmeter.providers.wire.Shape;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer of messages, plain or streamed; the two share no field that means different things. */
final class MessagesAnswer extends Answer {
  static final Shape<MessagesAnswer> SHAPE = shape();

  private final MessagesUsage figures = new MessagesUsage();
  private String type = "";

  MessagesAnswer(int status, Consumer<? super CharSequence> output) {
    super(status, output);
  }

  private static Shape<MessagesAnswer> shape() {
    Shape<MessagesAnswer> shape =
        new Shape<MessagesAnswer>()
            .text("type", (a, type) -> a.type = type)
            .text("id", MessagesAnswer::id)
            .text("model", MessagesAnswer::model)
            .text("stop_reason", MessagesAnswer::finishReason)
            .output("content[].text", "content[].thinking", "content[].name")
            .jsonOutput("content[].input")
            .text("message.id", MessagesAnswer::id)
            .text("message.model", MessagesAnswer::model)
            .text("delta.stop_reason", MessagesAnswer::finishReason)
            .output(
                "content_block.text",
                "content_block.thinking",
                "content_block.name",
                "delta.text",
                "delta.thinking",
                "delta.partial_json")
            .text("error.type", (a, error) -> a.error(1, error));
    MessagesUsage.declare(shape, "message.usage.");
    return MessagesUsage.declare(shape, "usage.");
  }

  MessagesUsage figures() {
    return figures;
  }

  @Override
  protected @Nullable Usage usage() {
    return figures.normalised();
  }

  @Override
  protected void documentRead() {
    if (type.equals("message_stop")) {
      complete();
    }
  }
}
