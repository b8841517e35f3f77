package io.tokenmeter.javaagent.clients;

/** The oldest openai-java 1.x that resolves. */
final class OpenAiJavaOldestIT extends OpenAiJavaContract {
  OpenAiJavaOldestIT() {
    super("openai-java-oldest");
  }

  /** A raw response is still handed out whatever its status. */
  @Override
  String refusal(Call call) {
    return call.mode().equals("chat-raw") ? "status=429" : super.refusal(call);
  }
}
