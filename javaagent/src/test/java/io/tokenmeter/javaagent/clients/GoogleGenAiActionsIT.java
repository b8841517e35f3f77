package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** google-genai over OkHttp. */
final class GoogleGenAiActionsIT extends ActionsContract {

  GoogleGenAiActionsIT() {
    super("GoogleGenAi", "google-genai");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("generate", GENERATE), plain("generate-async", GENERATE));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(
        stream("generate-stream", GENERATE), stream("generate-stream-async", GENERATE));
  }

  @Override
  Stream<Call> compressedStreams() {
    return Stream.of(stream("generate-stream", GENERATE));
  }

  @Override
  Stream<Call> interrupted() {
    return Stream.empty();
  }

  @Override
  String interruption() {
    return "";
  }

  @Override
  String ending() {
    return "finish=MAX_TOKENS";
  }
}
