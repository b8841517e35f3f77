package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** Calls by hand over the JDK's client. */
final class JdkHttpActionsIT extends ActionsContract {

  JdkHttpActionsIT() {
    super("JdkHttpByHand", "");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("chat", CHAT), plain("chat-async", CHAT), plain("messages", MESSAGES));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(
        stream("chat-stream", CHAT),
        stream("chat-stream-async", CHAT),
        stream("generate-stream", GENERATE));
  }

  @Override
  Stream<Call> compressedStreams() {
    return Stream.of(stream("chat-stream-gzip", CHAT));
  }

  @Override
  Stream<Call> interrupted() {
    return Stream.of(plain("chat-interrupted", CHAT));
  }

  @Override
  Stream<Call> cancelled() {
    return Stream.of(plain("chat-async-cancelled", CHAT));
  }

  @Override
  Stream<Call> pending() {
    return Stream.of(plain("chat-async-pending", CHAT));
  }

  @Override
  String interruption() {
    return "interrupted=java.lang.InterruptedException, interrupted=false";
  }

  @Override
  String ending() {
    return "length";
  }
}
