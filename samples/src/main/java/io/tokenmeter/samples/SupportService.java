package io.tokenmeter.samples;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;

/** Answers customers' tickets with openai-java: every other one as a stream. */
public final class SupportService implements Shift.Worker {
  private static final String MODEL = "gpt-4o-mini";

  private final OpenAIClient client;
  private final int maxOutputTokens;

  private SupportService(OpenAIClient client, int maxOutputTokens) {
    this.client = client;
    this.maxOutputTokens = maxOutputTokens;
  }

  /** Takes the API's base URL and the most tokens of an answer; the key is OPENAI_API_KEY. */
  public static void main(String[] arguments) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(arguments[0] + "/v1")
            .apiKey(System.getenv().getOrDefault("OPENAI_API_KEY", "none"))
            .build();
    Shift.work("support", new SupportService(client, Integer.parseInt(arguments[1])));
  }

  @Override
  public String answer(int ticket) throws Shift.Refused {
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder()
            .model(MODEL)
            .maxCompletionTokens(maxOutputTokens)
            .addSystemMessage("You answer customers of a shop for garden tools. Be brief.")
            .addUserMessage("Ticket " + ticket + ": the handle of my spade came loose. What now?")
            .build();
    try {
      return ticket % 2 == 0 ? whole(params) : inPieces(params);
    } catch (RateLimitException noMoney) {
      throw new Shift.Refused(noMoney);
    }
  }

  private String whole(ChatCompletionCreateParams params) {
    return client
        .chat()
        .completions()
        .create(params)
        .choices()
        .get(0)
        .message()
        .content()
        .orElse("");
  }

  private String inPieces(ChatCompletionCreateParams params) {
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(choice -> choice.delta().content().ifPresent(text::append));
    }
    return text.toString();
  }
}
