package io.tokenmeter.javaagent.clients;

/** The oldest anthropic-java 1.x. */
final class AnthropicJavaOldestIT extends AnthropicJavaContract {
  AnthropicJavaOldestIT() {
    super("anthropic-java-oldest");
  }
}
