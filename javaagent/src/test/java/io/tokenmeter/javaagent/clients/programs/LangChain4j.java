package io.tokenmeter.javaagent.clients.programs;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.Response;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** langchain4j's OpenAI and Anthropic models over its JDK client. */
final class LangChain4j extends ClientProgram {

  private LangChain4j() {
    mode("chat", (url, model, out) -> print(openAi(url, model).chat(request()), out));
    mode("chat-stream", (url, model, out) -> stream(openAiStreaming(url, model), out));
    mode("embeddings", LangChain4j::embed);
    mode(
        "chat-interrupted",
        interrupted((url, model, out) -> print(openAi(url, model).chat(request()), out)));
    mode("messages", (url, model, out) -> print(anthropic(url, model).chat(request()), out));
    mode("messages-stream", (url, model, out) -> stream(anthropicStreaming(url, model), out));
  }

  public static void main(String[] arguments) throws Exception {
    new LangChain4j().serve(arguments);
  }

  private static ChatModel openAi(String url, String model) {
    return OpenAiChatModel.builder()
        .baseUrl(url + "/v1")
        .apiKey(KEY)
        .modelName(model)
        .maxCompletionTokens(MAX_OUTPUT_TOKENS)
        .build();
  }

  private static StreamingChatModel openAiStreaming(String url, String model) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(url + "/v1")
        .apiKey(KEY)
        .modelName(model)
        .maxCompletionTokens(MAX_OUTPUT_TOKENS)
        .build();
  }

  private static ChatModel anthropic(String url, String model) {
    return AnthropicChatModel.builder()
        .baseUrl(url + "/v1")
        .apiKey(KEY)
        .modelName(model)
        .maxTokens(MAX_OUTPUT_TOKENS)
        .build();
  }

  private static StreamingChatModel anthropicStreaming(String url, String model) {
    return AnthropicStreamingChatModel.builder()
        .baseUrl(url + "/v1")
        .apiKey(KEY)
        .modelName(model)
        .maxTokens(MAX_OUTPUT_TOKENS)
        .build();
  }

  private static ChatRequest request() {
    return ChatRequest.builder()
        .messages(SystemMessage.from("Be brief."), UserMessage.from(PROMPT))
        .build();
  }

  private static void print(ChatResponse response, PrintWriter out) {
    out.println("text=" + response.aiMessage().text());
    out.println("finish=" + response.finishReason());
    out.println(
        "usage="
            + response.tokenUsage().inputTokenCount()
            + "/"
            + response.tokenUsage().outputTokenCount());
  }

  private static void stream(StreamingChatModel model, PrintWriter out) throws Exception {
    CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    model.chat(
        request(),
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String partialResponse) {
            out.println("delta=" + partialResponse);
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            end.completeExceptionally(error);
          }
        });
    print(end.get(30, TimeUnit.SECONDS), out);
  }

  private static void embed(String url, String model, PrintWriter out) {
    EmbeddingModel embeddings =
        OpenAiEmbeddingModel.builder().baseUrl(url + "/v1").apiKey(KEY).modelName(model).build();
    Response<List<dev.langchain4j.data.embedding.Embedding>> response =
        embeddings.embedAll(List.of(TextSegment.from(PROMPT)));
    out.println("vector=" + response.content().get(0).vectorAsList());
    out.println("usage=" + response.tokenUsage().inputTokenCount());
  }
}
