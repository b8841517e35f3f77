package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** Requests by hand over {@code java.net.http}. A refusal is a response, not an exception. */
final class JdkHttpIT extends ClientContract {

  JdkHttpIT() {
    super("JdkHttpByHand", "");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(
        plain("chat", CHAT),
        plain("chat-async", CHAT),
        plain("messages", MESSAGES),
        stream("chat-stream", CHAT),
        stream("chat-stream-async", CHAT),
        stream("generate-stream", GENERATE));
  }

  @Override
  Stream<Call> closedEarly() {
    return Stream.of(stream("chat-stream-closed", CHAT));
  }

  /** The client itself holds on to a body that is not read to its end. */
  @Override
  Stream<Call> dropped() {
    return Stream.empty();
  }

  @Override
  Stream<Call> compressed() {
    return Stream.of(plain("chat-gzip", CHAT));
  }

  @Override
  boolean retries(Call call) {
    return false;
  }

  @Override
  String refusal(Call call) {
    return "status=402";
  }
}
