package io.tokenmeter.javaagent.clients.programs;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** openai-java, of any version. */
final class OpenAiJava extends ClientProgram {
  /** Kept: old versions close a client that is garbage, even while a call of it is under way. */
  private static final Map<String, OpenAIClient> CLIENTS = new ConcurrentHashMap<>();

  private OpenAiJava() {
    mode(
        "chat",
        (url, model, out) -> print(client(url).chat().completions().create(chat(model)), out));
    mode(
        "chat-async",
        (url, model, out) ->
            print(client(url).async().chat().completions().create(chat(model)).get(), out));
    mode("chat-raw", OpenAiJava::raw);
    mode("chat-stream", OpenAiJava::stream);
    mode("chat-stream-async", OpenAiJava::streamAsync);
    mode("chat-stream-closed", OpenAiJava::closeEarly);
    mode("chat-stream-dropped", OpenAiJava::drop);
    mode("chat-cancelled", OpenAiJava::cancel);
    mode(
        "chat-interrupted",
        interrupted(
            (url, model, out) -> print(client(url).chat().completions().create(chat(model)), out)));
    mode("chat-async-pending", OpenAiJava::pending);
    mode("chat-unlimited", OpenAiJava::unlimited);
    mode(
        "responses",
        (url, model, out) -> print(client(url).responses().create(responses(model)), out));
    mode(
        "responses-async",
        (url, model, out) ->
            print(client(url).async().responses().create(responses(model)).get(), out));
    mode("responses-stream", OpenAiJava::responsesStream);
    mode(
        "embeddings",
        (url, model, out) -> print(client(url).embeddings().create(embeddings(model)), out));
    mode(
        "embeddings-async",
        (url, model, out) ->
            print(client(url).async().embeddings().create(embeddings(model)).get(), out));
  }

  public static void main(String[] arguments) throws Exception {
    new OpenAiJava().serve(arguments);
  }

  private static OpenAIClient client(String url) {
    return CLIENTS.computeIfAbsent(
        url, at -> OpenAIOkHttpClient.builder().baseUrl(at + "/v1").apiKey(KEY).build());
  }

  private static ChatCompletionCreateParams chat(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .maxCompletionTokens(MAX_OUTPUT_TOKENS)
        .addSystemMessage("Be brief.")
        .addUserMessage(PROMPT)
        .build();
  }

  private static ResponseCreateParams responses(String model) {
    return ResponseCreateParams.builder()
        .model(model)
        .maxOutputTokens(MAX_OUTPUT_TOKENS)
        .input(PROMPT)
        .build();
  }

  private static EmbeddingCreateParams embeddings(String model) {
    return EmbeddingCreateParams.builder().model(model).input(PROMPT).build();
  }

  private static void print(ChatCompletion completion, PrintWriter out) {
    completion
        .choices()
        .forEach(
            choice -> {
              out.println("text=" + choice.message().content().orElse(null));
              out.println("tools=" + choice.message().toolCalls().map(List::size).orElse(0));
            });
    completion
        .usage()
        .ifPresent(
            usage -> out.println("usage=" + usage.promptTokens() + "/" + usage.completionTokens()));
  }

  private static void raw(String url, String model, PrintWriter out) throws Exception {
    try (HttpResponseFor<ChatCompletion> response =
            client(url).chat().completions().withRawResponse().create(chat(model));
        InputStream body = response.body()) {
      out.println("status=" + response.statusCode());
      out.println("body=" + new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static void stream(String url, String model, PrintWriter out) {
    try (StreamResponse<ChatCompletionChunk> stream =
        client(url).chat().completions().createStreaming(chat(model))) {
      stream.stream().forEach(chunk -> print(chunk, out));
    }
  }

  private static void print(ChatCompletionChunk chunk, PrintWriter out) {
    chunk
        .choices()
        .forEach(
            choice -> {
              out.println("delta=" + choice.delta().content().orElse(null));
              choice.finishReason().ifPresent(reason -> out.println("finish=" + reason));
            });
    chunk
        .usage()
        .ifPresent(
            usage -> out.println("usage=" + usage.promptTokens() + "/" + usage.completionTokens()));
  }

  private static void streamAsync(String url, String model, PrintWriter out) throws Exception {
    client(url)
        .async()
        .chat()
        .completions()
        .createStreaming(chat(model))
        .subscribe(chunk -> print(chunk, out))
        .onCompleteFuture()
        .get();
  }

  private static void closeEarly(String url, String model, PrintWriter out) {
    try (StreamResponse<ChatCompletionChunk> stream =
        client(url).chat().completions().createStreaming(chat(model))) {
      print(firstWithText(stream), out);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // that is what this mode is about
  private static void drop(String url, String model, PrintWriter out) {
    print(firstWithText(client(url).chat().completions().createStreaming(chat(model))), out);
  }

  private static ChatCompletionChunk firstWithText(StreamResponse<ChatCompletionChunk> stream) {
    Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
    ChatCompletionChunk chunk = chunks.next();
    while (chunk.choices().get(0).delta().content().orElse("").isEmpty()) {
      chunk = chunks.next();
    }
    return chunk;
  }

  /** Whether an asynchronous call gives its thread back before it is answered. */
  private static void pending(String url, String model, PrintWriter out) throws Exception {
    CompletableFuture<ChatCompletion> answer =
        client(url).async().chat().completions().create(chat(model));
    out.println("pending=" + !answer.isDone());
    print(answer.get(), out);
  }

  private static void unlimited(String url, String model, PrintWriter out) {
    print(
        client(url)
            .chat()
            .completions()
            .create(
                ChatCompletionCreateParams.builder().model(model).addUserMessage(PROMPT).build()),
        out);
  }

  private static void cancel(String url, String model, PrintWriter out) {
    CompletableFuture<ChatCompletion> answer =
        client(url).async().chat().completions().create(chat(model));
    out.println("cancelled=" + answer.cancel(true) + "," + answer.isCancelled());
  }

  private static void print(Response response, PrintWriter out) {
    response
        .output()
        .forEach(
            item ->
                item.message()
                    .ifPresent(
                        message ->
                            message
                                .content()
                                .forEach(
                                    content ->
                                        content
                                            .outputText()
                                            .ifPresent(
                                                text -> out.println("text=" + text.text())))));
    response
        .usage()
        .ifPresent(
            usage -> out.println("usage=" + usage.inputTokens() + "/" + usage.outputTokens()));
  }

  private static void responsesStream(String url, String model, PrintWriter out) {
    try (StreamResponse<ResponseStreamEvent> stream =
        client(url).responses().createStreaming(responses(model))) {
      stream.stream()
          .forEach(
              event -> {
                event.outputTextDelta().ifPresent(delta -> out.println("delta=" + delta.delta()));
                event.completed().ifPresent(completed -> print(completed.response(), out));
                event
                    .incomplete()
                    .ifPresent(
                        incomplete -> {
                          out.println("finish=" + incomplete.response().incompleteDetails());
                          print(incomplete.response(), out);
                        });
              });
    }
  }

  private static void print(CreateEmbeddingResponse response, PrintWriter out) {
    List<?> vector = response.data().get(0).embedding();
    out.println("vector=" + vector);
    out.println("usage=" + response.usage().promptTokens());
  }
}
