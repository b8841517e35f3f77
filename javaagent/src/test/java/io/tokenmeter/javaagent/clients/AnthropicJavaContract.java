package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** anthropic-java, of any version. */
abstract class AnthropicJavaContract extends ClientContract {

  AnthropicJavaContract(String library) {
    super("AnthropicJava", library);
  }

  @Override
  final Stream<Call> calls() {
    return Stream.of(
        plain("messages", MESSAGES),
        plain("messages-async", MESSAGES),
        stream("messages-stream", MESSAGES),
        stream("messages-stream-async", MESSAGES));
  }

  @Override
  final Stream<Call> closedEarly() {
    return Stream.of(stream("messages-stream-closed", MESSAGES));
  }

  @Override
  final Stream<Call> dropped() {
    return Stream.of(stream("messages-stream-dropped", MESSAGES));
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
  final String refusal(Call call) {
    return call.mode().endsWith("-async")
        ? "exception=java.util.concurrent.ExecutionException:"
            + " com.anthropic.errors.RateLimitException: 429"
        : "exception=com.anthropic.errors.RateLimitException: 429";
  }
}
