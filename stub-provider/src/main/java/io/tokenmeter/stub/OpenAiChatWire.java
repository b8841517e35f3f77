package io.tokenmeter.stub;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/chat/completions}. Cached tokens stand inside prompt, reasoning inside
 * completion.
 */
final class OpenAiChatWire implements Wire {
  private static final String TOOL_CALL =
      """
      {"id":"call_1","type":"function","function":{"name":"lookup","arguments":%s}}""";

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    String message =
        answer.toolCall()
            ? "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[%s]}"
                .formatted(TOOL_CALL.formatted(Json.quote(answer.text())))
            : "{\"role\":\"assistant\",\"content\":%s,\"refusal\":null}"
                .formatted(Json.quote(answer.text()));
    return """
        {"id":"chatcmpl-1","object":"chat.completion","created":1763800000,"model":%s,"choices":[\
        {"index":0,"message":%s,"logprobs":null,"finish_reason":"%s"}],"usage":%s}"""
        .formatted(
            Json.quote(request.model()),
            message,
            answer.toolCall() ? "tool_calls" : "stop",
            usage(answer.tokens()));
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    List<String> events = new ArrayList<>();
    events.add(chunk(request, "{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    if (answer.toolCall()) {
      events.add(
          chunk(
              request,
              """
              {"tool_calls":[{"index":0,"id":"call_1","type":"function","function":\
              {"name":"lookup","arguments":""}}]}""",
              "null"));
    }
    for (String piece : Wire.pieces(answer.text())) {
      String delta =
          answer.toolCall()
              ? "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":%s}}]}"
              : "{\"content\":%s}";
      events.add(chunk(request, delta.formatted(Json.quote(piece)), "null"));
    }
    events.add(chunk(request, "{}", answer.toolCall() ? "\"tool_calls\"" : "\"stop\""));
    if (request.asksForUsage()) {
      events.add(data(request, "[]", usage(answer.tokens())));
    }
    events.add("data: [DONE]\n\n");
    return events;
  }

  private static String chunk(ModelRequest request, String delta, String finishReason) {
    return data(
        request,
        "[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]".formatted(delta, finishReason),
        "null");
  }

  private static String data(ModelRequest request, String choices, String usage) {
    return """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763800000,"model":%s,\
        "choices":%s%s}

        """
        .formatted(
            Json.quote(request.model()),
            choices,
            request.asksForUsage() ? ",\"usage\":" + usage : "");
  }

  private static String usage(Tokens tokens) {
    return """
        {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
        "prompt_tokens_details":{"cached_tokens":%d,"audio_tokens":0},\
        "completion_tokens_details":{"reasoning_tokens":%d,"audio_tokens":0}}"""
        .formatted(
            tokens.input(),
            tokens.output(),
            tokens.total(),
            tokens.cacheRead(),
            tokens.reasoning());
  }

  @Override
  public String error(Reply.Failure failure) {
    return openAiError(failure);
  }

  static String openAiError(Reply.Failure failure) {
    return """
        {"error":{"message":%s,"type":"%s","param":null,"code":%s}}"""
        .formatted(
            Json.quote(failure.message()),
            failure.status() == 429 ? "requests" : "server_error",
            failure.status() == 429 ? "\"rate_limit_exceeded\"" : "null");
  }
}
