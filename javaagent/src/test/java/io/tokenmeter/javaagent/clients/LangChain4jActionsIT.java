package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.MESSAGES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** langchain4j's models over the JDK's client. */
final class LangChain4jActionsIT extends ActionsContract {

  LangChain4jActionsIT() {
    super("LangChain4j", "langchain4j");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("chat", CHAT), plain("messages", MESSAGES));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(stream("chat-stream", CHAT), stream("messages-stream", MESSAGES));
  }

  @Override
  Stream<Call> interrupted() {
    return Stream.of(plain("chat-interrupted", CHAT));
  }

  @Override
  String interruption() {
    return "interrupted=java.lang.RuntimeException, interrupted=true";
  }

  @Override
  String ending() {
    return "finish=LENGTH";
  }
}
