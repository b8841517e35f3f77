package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** Calls by hand over OkHttp. */
final class OkHttpActionsIT extends ActionsContract {

  OkHttpActionsIT() {
    super("OkHttpByHand", "okhttp-4");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("chat", CHAT), plain("chat-async", CHAT), plain("messages", MESSAGES));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(stream("chat-stream", CHAT), stream("generate-stream", GENERATE));
  }

  @Override
  Stream<Call> compressedStreams() {
    return Stream.of(stream("chat-stream", CHAT), stream("generate-stream", GENERATE));
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
  String interruption() {
    return "interrupted=java.io.InterruptedIOException, interrupted=true";
  }

  @Override
  String ending() {
    return "length";
  }
}
