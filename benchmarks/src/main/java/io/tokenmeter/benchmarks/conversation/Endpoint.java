package io.tokenmeter.benchmarks.conversation;

/** Whom the conversation is with. */
enum Endpoint {
  OPENAI("OpenAI chat, gpt-4o", "/v1/chat/completions"),
  ANTHROPIC("Anthropic messages, claude-sonnet-4-5", "/v1/messages");

  private final String label;
  private final String path;

  Endpoint(String label, String path) {
    this.label = label;
    this.path = path;
  }

  String label() {
    return label;
  }

  String path() {
    return path;
  }

  /**
   * A request of JSON texts, with its fields in the order in which the provider's client has them.
   */
  String body(String system, String messages) {
    return switch (this) {
      case OPENAI ->
          "{\"messages\":[{\"role\":\"system\",\"content\":"
              + system
              + "},"
              + messages
              + "],\"model\":\"gpt-4o\"}";
      case ANTHROPIC ->
          "{\"max_tokens\":1024,\"messages\":["
              + messages
              + "],\"model\":\"claude-sonnet-4-5\",\"system\":"
              + system
              + "}";
    };
  }
}
