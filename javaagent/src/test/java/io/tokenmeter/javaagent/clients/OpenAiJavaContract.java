package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.EMBEDDINGS;
import static io.tokenmeter.javaagent.clients.Call.Kind.RESPONSES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;
import static io.tokenmeter.javaagent.clients.Call.streamWithoutUsage;

import java.util.stream.Stream;

/** openai-java, of any version. It does not ask for usage in chat streams. */
abstract class OpenAiJavaContract extends ClientContract {

  OpenAiJavaContract(String library) {
    super("OpenAiJava", library);
  }

  @Override
  final Stream<Call> calls() {
    return Stream.of(
        plain("chat", CHAT),
        plain("chat-async", CHAT),
        plain("chat-raw", CHAT),
        streamWithoutUsage("chat-stream", CHAT),
        streamWithoutUsage("chat-stream-async", CHAT),
        plain("responses", RESPONSES),
        plain("responses-async", RESPONSES),
        stream("responses-stream", RESPONSES),
        plain("embeddings", EMBEDDINGS),
        plain("embeddings-async", EMBEDDINGS));
  }

  @Override
  final Stream<Call> closedEarly() {
    return Stream.of(streamWithoutUsage("chat-stream-closed", CHAT));
  }

  @Override
  final Stream<Call> dropped() {
    return Stream.of(streamWithoutUsage("chat-stream-dropped", CHAT));
  }

  @Override
  final Stream<Call> compressed() {
    return calls();
  }

  @Override
  final boolean retries(Call call) {
    return true;
  }

  @Override
  String refusal(Call call) {
    return call.mode().endsWith("-async")
        ? "exception=java.util.concurrent.ExecutionException: com.openai.errors.RateLimitException: 429"
        : "exception=com.openai.errors.RateLimitException: 429";
  }
}
