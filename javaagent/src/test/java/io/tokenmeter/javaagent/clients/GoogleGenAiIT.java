package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.EMBED_CONTENT;
import static io.tokenmeter.javaagent.clients.Call.Kind.GENERATE;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.plainWithoutUsage;
import static io.tokenmeter.javaagent.clients.Call.stream;

import java.util.stream.Stream;

/** google-genai. */
final class GoogleGenAiIT extends ClientContract {

  GoogleGenAiIT() {
    super("GoogleGenAi", "google-genai");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(
        plain("generate", GENERATE),
        plain("generate-async", GENERATE),
        stream("generate-stream", GENERATE),
        stream("generate-stream-async", GENERATE),
        plainWithoutUsage("embed", EMBED_CONTENT),
        plainWithoutUsage("embed-async", EMBED_CONTENT));
  }

  @Override
  Stream<Call> closedEarly() {
    return Stream.of(stream("generate-stream-closed", GENERATE));
  }

  @Override
  Stream<Call> dropped() {
    return Stream.empty();
  }

  @Override
  Stream<Call> compressed() {
    return calls();
  }

  @Override
  boolean retries(Call call) {
    return true;
  }

  @Override
  String refusal(Call call) {
    return call.mode().endsWith("-async")
        ? "exception=java.util.concurrent.ExecutionException: com.google.genai.errors.ClientException"
        : "exception=com.google.genai.errors.ClientException";
  }
}
