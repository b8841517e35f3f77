package io.tokenmeter.javaagent.clients;

/** The newest anthropic-java. */
final class AnthropicJavaNewestIT extends AnthropicJavaContract {
  AnthropicJavaNewestIT() {
    super("anthropic-java-newest");
  }
}
