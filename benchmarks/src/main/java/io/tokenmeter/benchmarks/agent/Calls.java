package io.tokenmeter.benchmarks.agent;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.time.Duration;

/** Calls as an application makes them: an ordinary client with its defaults. */
final class Calls {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private Calls() {}

  static OpenAIClient client(String baseUrl) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(baseUrl)
        .apiKey("benchmark")
        .timeout(TIMEOUT)
        .build();
  }

  static ChatCompletionCreateParams.Builder request(String prompt) {
    return ChatCompletionCreateParams.builder().model(CannedAnswers.MODEL).addUserMessage(prompt);
  }

  static void plain(OpenAIClient client, ChatCompletionCreateParams request) {
    ChatCompletion answer = client.chat().completions().create(request);
    if (answer.choices().get(0).message().content().orElse("").isEmpty()) {
      throw new IllegalStateException("an answer without text");
    }
  }

  /** Reads the stream to its end. */
  static void streamed(OpenAIClient client, ChatCompletionCreateParams request) {
    int pieces = 0;
    try (StreamResponse<ChatCompletionChunk> answer =
        client.chat().completions().createStreaming(request)) {
      for (ChatCompletionChunk chunk : (Iterable<ChatCompletionChunk>) answer.stream()::iterator) {
        if (!chunk.choices().get(0).delta().content().orElse("").isEmpty()) {
          pieces++;
        }
      }
    }
    if (pieces != CannedAnswers.TEXT_CHUNKS) {
      throw new IllegalStateException("a stream of " + pieces + " pieces of text");
    }
  }
}
