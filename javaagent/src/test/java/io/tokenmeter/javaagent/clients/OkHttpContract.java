package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** Requests by hand over OkHttp, of any version. A refusal is a response, not an exception. */
abstract class OkHttpContract extends ClientContract {

  OkHttpContract(String library) {
    super("OkHttpByHand", library);
  }

  @Override
  final Stream<Call> calls() {
    return Stream.of(
        plain("chat", CHAT),
        plain("chat-async", CHAT),
        plain("messages", MESSAGES),
        stream("chat-stream", CHAT),
        stream("generate-stream", GENERATE));
  }

  @Override
  final Stream<Call> closedEarly() {
    return Stream.of(stream("chat-stream-closed", CHAT));
  }

  @Override
  final Stream<Call> dropped() {
    return Stream.of(stream("chat-stream-dropped", CHAT));
  }

  @Override
  Stream<Call> failingUnsent() {
    return Stream.of(plain("chat-failing", CHAT));
  }

  @Override
  final Stream<Call> compressed() {
    return calls();
  }

  @Override
  final boolean retries(Call call) {
    return false;
  }

  @Override
  final String refusal(Call call) {
    return "status=429";
  }
}
