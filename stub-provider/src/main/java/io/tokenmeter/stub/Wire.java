package io.tokenmeter.stub;

import java.util.ArrayList;
import java.util.List;

/** How one API writes its answers. */
interface Wire {
  /** The body of a plain answer. */
  String body(ModelRequest request, Reply.Answer answer);

  /** The events of a streamed answer, each with its closing blank line. */
  List<String> events(ModelRequest request, Reply.Answer answer);

  /** The body of an error. */
  String error(Reply.Failure failure);

  static Wire of(Api api) {
    return switch (api) {
      case OPENAI_CHAT -> new OpenAiChatWire();
      case OPENAI_RESPONSES -> new OpenAiResponsesWire();
      case OPENAI_EMBEDDINGS -> new OpenAiEmbeddingsWire();
      case ANTHROPIC_MESSAGES -> new AnthropicWire();
      case GEMINI_GENERATE -> new GeminiWire();
      case GEMINI_EMBED -> new GeminiEmbedWire();
    };
  }

  /** A text in the pieces in which a model would produce it: words with the space before them. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int space = text.indexOf(' ', 1); space > 0; space = text.indexOf(' ', space + 1)) {
      pieces.add(text.substring(start, space));
      start = space;
    }
    pieces.add(text.substring(start));
    return pieces;
  }
}
