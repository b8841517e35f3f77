package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** anthropic-java above its own transport. */
final class AnthropicJavaActionsIT extends ActionsContract {

  AnthropicJavaActionsIT() {
    super("AnthropicJava", "anthropic-java-newest");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("messages", MESSAGES), plain("messages-async", MESSAGES));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(
        stream("messages-stream", MESSAGES), stream("messages-stream-async", MESSAGES));
  }

  @Override
  Stream<Call> compressedStreams() {
    return Stream.of(stream("messages-stream", MESSAGES));
  }

  @Override
  Stream<Call> interrupted() {
    return Stream.of(plain("messages-interrupted", MESSAGES));
  }

  @Override
  String interruption() {
    return "interrupted=com.anthropic.errors.AnthropicIoException, interrupted=true";
  }

  @Override
  String ending() {
    return "max_tokens";
  }
}
