package io.tokenmeter.stub;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1beta/models/MODEL:generateContent} and {@code :streamGenerateContent}. Thoughts
 * stand outside the candidates' tokens; every chunk reports usage and the last one counts.
 */
final class GeminiWire implements Wire {

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    return chunk(request, answer.text(), true, usage(answer.tokens(), answer.tokens().output()));
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    List<String> pieces = Wire.pieces(answer.text());
    List<String> events = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      boolean last = i == pieces.size() - 1;
      long output = last ? answer.tokens().output() : Math.min(i + 1, answer.tokens().output());
      events.add(
          "data: "
              + chunk(request, pieces.get(i), last, usage(answer.tokens(), output))
              + "\r\n\r\n");
    }
    return events;
  }

  private static String chunk(ModelRequest request, String text, boolean last, String usage) {
    return """
        {"candidates":[{"content":{"parts":[{"text":%s}],"role":"model"}%s,"index":0}],\
        "usageMetadata":%s,"modelVersion":%s,"responseId":"resp-1"}"""
        .formatted(
            Json.quote(text),
            last ? ",\"finishReason\":\"STOP\"" : "",
            usage,
            Json.quote(request.model()));
  }

  private static String usage(Tokens tokens, long output) {
    long thoughts = Math.min(tokens.reasoning(), output);
    return """
        {"promptTokenCount":%d,"cachedContentTokenCount":%d,"candidatesTokenCount":%d,\
        "thoughtsTokenCount":%d,"totalTokenCount":%d}"""
        .formatted(
            tokens.input(),
            tokens.cacheRead(),
            output - thoughts,
            thoughts,
            tokens.input() + output);
  }

  @Override
  public String error(Reply.Failure failure) {
    return geminiError(failure);
  }

  static String geminiError(Reply.Failure failure) {
    return """
        {"error":{"code":%d,"message":%s,"status":"%s"}}"""
        .formatted(
            failure.status(),
            Json.quote(failure.message()),
            failure.status() == 429 ? "RESOURCE_EXHAUSTED" : "INTERNAL");
  }
}
