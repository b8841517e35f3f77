package io.tokenmeter.stub;

import java.util.Map;

/** What the stub does with a request. */
public sealed interface Reply {

  /** Answers {@code text} and reports {@code tokens}. */
  static Answer answer(String text, Tokens tokens) {
    return new Answer(text, tokens, false, false);
  }

  /** Fails as the provider would, with its own error body. */
  static Failure failure(int status, String message) {
    return new Failure(status, message, Map.of());
  }

  /** Resets the connection before the response's head. */
  static Reset reset() {
    return new Reset();
  }

  /**
   * The answer to what was asked, plain or as a stream.
   *
   * @param text of the answer
   * @param tokens the usage that is reported; by OpenAI's chat streams only when asked for
   * @param toolCall whether {@code text} is the argument of a tool call (a chat completion's only)
   * @param gzip whether the body is compressed
   */
  record Answer(String text, Tokens tokens, boolean toolCall, boolean gzip) implements Reply {
    public Answer asToolCall() {
      return new Answer(text, tokens, true, gzip);
    }

    public Answer compressed() {
      return new Answer(text, tokens, toolCall, true);
    }
  }

  /**
   * An error.
   *
   * @param status the HTTP status
   * @param message in the error body
   * @param headers in addition to the content type
   */
  record Failure(int status, String message, Map<String, String> headers) implements Reply {
    public Failure {
      headers = Map.copyOf(headers);
    }
  }

  /** A connection that breaks. */
  record Reset() implements Reply {}
}
