package io.tokenmeter.javaagent.clients.programs;

import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.types.Content;
import com.google.genai.types.EmbedContentConfig;
import com.google.genai.types.EmbedContentResponse;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.HttpRetryOptions;
import com.google.genai.types.Part;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** google-genai. */
final class GoogleGenAi extends ClientProgram {
  private static final Map<String, Client> CLIENTS = new ConcurrentHashMap<>();

  /** As often as the library would, but without waiting a minute in all. */
  private static final HttpRetryOptions QUICK =
      HttpRetryOptions.builder().initialDelay(0.05).maxDelay(0.2).build();

  private GoogleGenAi() {
    mode(
        "generate",
        (url, model, out) ->
            print(client(url).models.generateContent(model, PROMPT, config()), out));
    mode(
        "generate-async",
        (url, model, out) ->
            print(client(url).async.models.generateContent(model, PROMPT, config()).get(), out));
    mode(
        "generate-stream",
        (url, model, out) ->
            stream(client(url).models.generateContentStream(model, PROMPT, config()), out));
    mode(
        "generate-stream-async",
        (url, model, out) ->
            stream(
                client(url).async.models.generateContentStream(model, PROMPT, config()).get(),
                out));
    mode(
        "embed",
        (url, model, out) ->
            print(client(url).models.embedContent(model, PROMPT, embedConfig()), out));
    mode(
        "embed-async",
        (url, model, out) ->
            print(client(url).async.models.embedContent(model, PROMPT, embedConfig()).get(), out));
    mode("generate-stream-closed", GoogleGenAi::closeEarly);
  }

  public static void main(String[] arguments) throws Exception {
    new GoogleGenAi().serve(arguments);
  }

  private static Client client(String url) {
    return CLIENTS.computeIfAbsent(
        url,
        at ->
            Client.builder()
                .apiKey(KEY)
                .httpOptions(HttpOptions.builder().baseUrl(at).retryOptions(QUICK).build())
                .build());
  }

  private static GenerateContentConfig config() {
    return GenerateContentConfig.builder()
        .maxOutputTokens(MAX_OUTPUT_TOKENS)
        .systemInstruction(Content.fromParts(Part.fromText("Be brief.")))
        .build();
  }

  private static EmbedContentConfig embedConfig() {
    return EmbedContentConfig.builder().build();
  }

  private static void print(EmbedContentResponse response, PrintWriter out) {
    out.println("vector=" + response.embeddings().orElseThrow().get(0).values().orElseThrow());
  }

  private static void print(GenerateContentResponse response, PrintWriter out) {
    out.println("text=" + response.text());
    out.println("finish=" + response.finishReason());
    response
        .usageMetadata()
        .ifPresent(
            usage ->
                out.println(
                    "usage="
                        + usage.promptTokenCount().orElse(-1)
                        + "/"
                        + usage.candidatesTokenCount().orElse(-1)));
  }

  private static void stream(ResponseStream<GenerateContentResponse> stream, PrintWriter out) {
    try (stream) {
      for (GenerateContentResponse response : stream) {
        print(response, out);
      }
    }
  }

  private static void closeEarly(String url, String model, PrintWriter out) {
    try (ResponseStream<GenerateContentResponse> stream =
        client(url).models.generateContentStream(model, PROMPT, config())) {
      print(stream.iterator().next(), out);
    }
  }
}
