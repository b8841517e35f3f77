package io.tokenmeter.samples;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.RateLimitException;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Looks things up, by turns with anthropic-java and with langchain4j, whole and as a stream. */
public final class ResearchService implements Shift.Worker {
  private static final String MODEL = "claude-haiku-4-5";

  private final AnthropicClient client;
  private final ChatModel chat;
  private final StreamingChatModel streamingChat;
  private final int maxOutputTokens;

  private ResearchService(String baseUrl, String apiKey, int maxOutputTokens) {
    this.maxOutputTokens = maxOutputTokens;
    this.client = AnthropicOkHttpClient.builder().baseUrl(baseUrl).apiKey(apiKey).build();
    this.chat =
        AnthropicChatModel.builder()
            .baseUrl(baseUrl + "/v1")
            .apiKey(apiKey)
            .modelName(MODEL)
            .maxTokens(maxOutputTokens)
            .build();
    this.streamingChat =
        AnthropicStreamingChatModel.builder()
            .baseUrl(baseUrl + "/v1")
            .apiKey(apiKey)
            .modelName(MODEL)
            .maxTokens(maxOutputTokens)
            .build();
  }

  /** Takes the API's base URL and the most tokens of an answer; the key is ANTHROPIC_API_KEY. */
  public static void main(String[] arguments) {
    String apiKey = System.getenv().getOrDefault("ANTHROPIC_API_KEY", "none");
    Shift.work(
        "research", new ResearchService(arguments[0], apiKey, Integer.parseInt(arguments[1])));
  }

  @Override
  public String answer(int number) throws Shift.Refused {
    String question = "Question " + number + ": which trees grow well on wet clay? Name three.";
    try {
      return switch (number % 4) {
        case 0 -> whole(question);
        case 1 -> inPieces(question);
        case 2 -> chat.chat(question);
        default -> handled(question);
      };
    } catch (RateLimitException | LangChain4jException noMoney) {
      throw new Shift.Refused(noMoney);
    }
  }

  private MessageCreateParams params(String question) {
    return MessageCreateParams.builder()
        .model(MODEL)
        .maxTokens(maxOutputTokens)
        .addUserMessage(question)
        .build();
  }

  private String whole(String question) {
    StringBuilder text = new StringBuilder();
    client
        .messages()
        .create(params(question))
        .content()
        .forEach(block -> block.text().ifPresent(part -> text.append(part.text())));
    return text.toString();
  }

  private String inPieces(String question) {
    StringBuilder text = new StringBuilder();
    try (StreamResponse<RawMessageStreamEvent> events =
        client.messages().createStreaming(params(question))) {
      events.stream()
          .flatMap(event -> event.contentBlockDelta().stream())
          .flatMap(delta -> delta.delta().text().stream())
          .forEach(part -> text.append(part.text()));
    }
    return text.toString();
  }

  private String handled(String question) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    streamingChat.chat(
        question,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            answer.complete(response.aiMessage().text());
          }

          @Override
          public void onError(Throwable error) {
            answer.completeExceptionally(error);
          }
        });
    try {
      return answer.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof LangChain4jException ofTheLibrary) {
        throw ofTheLibrary;
      }
      throw failed;
    }
  }
}
