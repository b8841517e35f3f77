package io.tokenmeter.javaagent.clients.programs;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** anthropic-java, of any version. */
final class AnthropicJava extends ClientProgram {
  /** Kept: old versions close a client that is garbage, even while a call of it is under way. */
  private static final Map<String, AnthropicClient> CLIENTS = new ConcurrentHashMap<>();

  private AnthropicJava() {
    mode("messages", (url, model, out) -> print(client(url).messages().create(params(model)), out));
    mode(
        "messages-async",
        (url, model, out) ->
            print(client(url).async().messages().create(params(model)).get(), out));
    mode("messages-stream", AnthropicJava::stream);
    mode(
        "messages-interrupted",
        interrupted((url, model, out) -> print(client(url).messages().create(params(model)), out)));
    mode("messages-stream-async", AnthropicJava::streamAsync);
    mode("messages-stream-closed", AnthropicJava::closeEarly);
    mode("messages-stream-dropped", AnthropicJava::drop);
  }

  public static void main(String[] arguments) throws Exception {
    new AnthropicJava().serve(arguments);
  }

  private static AnthropicClient client(String url) {
    return CLIENTS.computeIfAbsent(
        url, at -> AnthropicOkHttpClient.builder().baseUrl(at).apiKey(KEY).build());
  }

  private static MessageCreateParams params(String model) {
    return MessageCreateParams.builder()
        .model(model)
        .maxTokens(MAX_OUTPUT_TOKENS)
        .system("Be brief.")
        .addUserMessage(PROMPT)
        .build();
  }

  private static void print(Message message, PrintWriter out) {
    message
        .content()
        .forEach(block -> block.text().ifPresent(text -> out.println("text=" + text.text())));
    out.println("usage=" + message.usage().inputTokens() + "/" + message.usage().outputTokens());
  }

  private static void stream(String url, String model, PrintWriter out) {
    try (StreamResponse<RawMessageStreamEvent> stream =
        client(url).messages().createStreaming(params(model))) {
      stream.stream().forEach(event -> print(event, out));
    }
  }

  private static void streamAsync(String url, String model, PrintWriter out) throws Exception {
    client(url)
        .async()
        .messages()
        .createStreaming(params(model))
        .subscribe(event -> print(event, out))
        .onCompleteFuture()
        .get();
  }

  /** As text: the events' accessors are not the same in all versions. */
  private static void print(RawMessageStreamEvent event, PrintWriter out) {
    out.println("event=" + event);
  }

  private static void closeEarly(String url, String model, PrintWriter out) {
    try (StreamResponse<RawMessageStreamEvent> stream =
        client(url).messages().createStreaming(params(model))) {
      print(firstText(stream), out);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // that is what this mode is about
  private static void drop(String url, String model, PrintWriter out) {
    print(firstText(client(url).messages().createStreaming(params(model))), out);
  }

  private static RawMessageStreamEvent firstText(StreamResponse<RawMessageStreamEvent> stream) {
    Iterator<RawMessageStreamEvent> events = stream.stream().iterator();
    RawMessageStreamEvent event = events.next();
    while (event.contentBlockDelta().isEmpty()) {
      event = events.next();
    }
    return event;
  }
}
