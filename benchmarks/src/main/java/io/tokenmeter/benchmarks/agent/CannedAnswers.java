package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Answers in the shape of OpenAI's chat completions, status line and headers included. A plain one
 * reports usage; a streamed one does not, since openai-java does not ask for it by default.
 */
final class CannedAnswers {
  /** Chunks of a streamed answer that carry text. */
  static final int TEXT_CHUNKS = 50;

  static final String MODEL = "gpt-4o-mini-2024-07-18";

  private static final String TEXT =
      "The delay came from the second warehouse, where the evening shift had been scanning every"
          + " parcel twice since the update. Rolling the scanners back to the earlier release"
          + " brought throughput to its usual level within an hour; the remaining backlog should"
          + " be gone by Thursday. I suggest keeping the old release until the vendor has"
          + " confirmed a fix.";

  private static final int BODY_BYTES_A_TOKEN = 5;
  private static final int OUTPUT_TOKENS = 62;

  private final byte[] streamed = streamed();

  byte[] answer(RequestHead request) {
    return request.streamed() ? streamed : plain(request.contentLength() / BODY_BYTES_A_TOKEN);
  }

  private static byte[] plain(int inputTokens) {
    String body =
        """
        {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion",\
        "created":1763791200,"model":"%s","choices":[{"index":0,"message":{"role":"assistant",\
        "content":"%s","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],\
        "usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
        "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},\
        "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,\
        "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},\
        "service_tier":"default","system_fingerprint":"fp_b376dfbbd5"}"""
            .formatted(MODEL, TEXT, inputTokens, OUTPUT_TOKENS, inputTokens + OUTPUT_TOKENS);
    return (head("application/json", "Content-Length: " + body.length()) + body).getBytes(UTF_8);
  }

  /**
   * All events leave in one write, an HTTP chunk each: whatever a client does with an event then
   * delays the end of the call and cannot hide in the wait for the next one.
   */
  private static byte[] streamed() {
    StringBuilder answer =
        new StringBuilder(head("text/event-stream", "Transfer-Encoding: chunked"));
    event(answer, chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null"));
    for (int i = 0; i < TEXT_CHUNKS; i++) {
      String piece =
          TEXT.substring(TEXT.length() * i / TEXT_CHUNKS, TEXT.length() * (i + 1) / TEXT_CHUNKS);
      event(answer, chunk("{\"content\":\"" + piece + "\"}", "null"));
    }
    event(answer, chunk("{}", "\"stop\""));
    event(answer, "[DONE]");
    return answer.append("0\r\n\r\n").toString().getBytes(UTF_8);
  }

  private static String chunk(String delta, String finishReason) {
    return """
    {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk",\
    "created":1763791200,"model":"%s","service_tier":"default",\
    "system_fingerprint":"fp_b376dfbbd5","choices":[{"index":0,"delta":%s,"logprobs":null,\
    "finish_reason":%s}]}"""
        .formatted(MODEL, delta, finishReason);
  }

  private static void event(StringBuilder answer, String data) {
    String event = "data: " + data + "\n\n";
    answer.append(Integer.toHexString(event.length())).append("\r\n").append(event).append("\r\n");
  }

  private static String head(String contentType, String length) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + contentType
        + "\r\n"
        + length
        + "\r\nx-request-id: req_8f2b1c0d9e7a4b6c\r\nopenai-processing-ms: 1\r\n\r\n";
  }
}
