package io.tokenmeter.javaagent.clients;

/** The newest openai-java. */
final class OpenAiJavaNewestIT extends OpenAiJavaContract {
  OpenAiJavaNewestIT() {
    super("openai-java-newest");
  }
}
