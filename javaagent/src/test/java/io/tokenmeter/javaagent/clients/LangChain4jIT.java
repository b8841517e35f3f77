package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.EMBEDDINGS;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/**
 * langchain4j's OpenAI and Anthropic models over its JDK client. Its streams cannot be closed, and
 * it knows no gzip.
 */
final class LangChain4jIT extends ClientContract {

  LangChain4jIT() {
    super("LangChain4j", "langchain4j");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(
        plain("chat", CHAT),
        stream("chat-stream", CHAT),
        plain("embeddings", EMBEDDINGS),
        plain("messages", MESSAGES),
        stream("messages-stream", MESSAGES));
  }

  @Override
  Stream<Call> closedEarly() {
    return Stream.empty();
  }

  @Override
  Stream<Call> dropped() {
    return Stream.empty();
  }

  @Override
  Stream<Call> compressed() {
    return Stream.empty();
  }

  @Override
  boolean retries(Call call) {
    return !call.streaming();
  }

  @Override
  boolean everyAttemptIsACall() {
    return true;
  }

  @Override
  String refusal(Call call) {
    return call.streaming()
        ? "exception=java.util.concurrent.ExecutionException: dev.langchain4j.exception."
        : "exception=dev.langchain4j.exception.";
  }
}
