package io.tokenmeter.providers;

import java.util.List;

/** All samples, each with the dialect that it is written in. */
final class Exchanges {
  private static final String GEMINI = "/v1beta/models/gemini-2.5-flash:";

  private Exchanges() {}

  record Request(String path, String body) {
    Dialect dialect() {
      return Dialects.find("POST", "localhost", path);
    }
  }

  record Response(String path, int status, String body) {
    Dialect dialect() {
      return Dialects.find("POST", "localhost", path);
    }

    boolean isStream() {
      return !body.startsWith("{") && !body.startsWith("[");
    }

    Response withBody(String other) {
      return new Response(path, status, other);
    }
  }

  static List<Request> requests() {
    return List.of(
        new Request("/v1/chat/completions", OpenAiSamples.CHAT_REQUEST),
        new Request("/v1/responses", OpenAiSamples.RESPONSES_REQUEST),
        new Request("/v1/embeddings", OpenAiSamples.EMBEDDINGS_REQUEST),
        new Request("/v1/completions", OpenAiSamples.COMPLETION_REQUEST),
        new Request("/v1/messages", AnthropicSamples.REQUEST),
        new Request(GEMINI + "generateContent", GeminiSamples.REQUEST),
        new Request(GEMINI + "embedContent", GeminiSamples.EMBED_REQUEST),
        new Request(GEMINI + "batchEmbedContents", GeminiSamples.BATCH_EMBED_REQUEST));
  }

  static List<Response> responses() {
    return List.of(
        new Response("/v1/chat/completions", 200, OpenAiSamples.CHAT_PLAIN),
        new Response("/v1/chat/completions", 200, OpenAiSamples.CHAT_STREAM),
        new Response("/v1/chat/completions", 200, OpenAiSamples.CHAT_STREAM_ERROR),
        new Response("/v1/chat/completions", 429, OpenAiSamples.ERROR),
        new Response("/v1/responses", 200, OpenAiSamples.RESPONSES_PLAIN),
        new Response("/v1/responses", 200, OpenAiSamples.RESPONSES_STREAM),
        new Response("/v1/responses", 200, OpenAiSamples.RESPONSES_INCOMPLETE),
        new Response("/v1/responses", 200, OpenAiSamples.RESPONSES_FAILED),
        new Response("/v1/responses", 200, OpenAiSamples.RESPONSES_ERROR_EVENT),
        new Response("/v1/embeddings", 200, OpenAiSamples.EMBEDDINGS_PLAIN),
        new Response("/v1/completions", 200, OpenAiSamples.COMPLETION_PLAIN),
        new Response("/v1/completions", 200, OpenAiSamples.COMPLETION_STREAM),
        new Response("/v1/messages", 200, AnthropicSamples.PLAIN),
        new Response("/v1/messages", 200, AnthropicSamples.STREAM),
        new Response("/v1/messages", 200, AnthropicSamples.STREAM_ERROR),
        new Response("/v1/messages", 429, AnthropicSamples.ERROR),
        new Response(GEMINI + "generateContent", 200, GeminiSamples.PLAIN),
        new Response(GEMINI + "streamGenerateContent", 200, GeminiSamples.STREAM),
        new Response(GEMINI + "streamGenerateContent", 200, GeminiSamples.ARRAY_STREAM),
        new Response(GEMINI + "streamGenerateContent", 429, GeminiSamples.ERROR),
        new Response(GEMINI + "streamGenerateContent", 429, GeminiSamples.ARRAY_ERROR),
        new Response(GEMINI + "embedContent", 200, GeminiSamples.EMBED_PLAIN));
  }
}
