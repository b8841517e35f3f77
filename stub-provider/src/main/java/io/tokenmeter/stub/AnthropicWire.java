package io.tokenmeter.stub;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST /v1/messages}. {@code input_tokens} leaves the cached ones out; in a stream the
 * figures of {@code message_delta} are cumulative.
 */
final class AnthropicWire implements Wire {

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    return message(
        request,
        "[{\"type\":\"text\",\"text\":%s,\"citations\":null}]".formatted(Json.quote(answer.text())),
        "\"end_turn\"",
        usage(answer.tokens(), answer.tokens().output()));
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    List<String> events = new ArrayList<>();
    String begun = message(request, "[]", "null", usage(answer.tokens(), 1));
    events.add(event("message_start", "\"message\":" + begun));
    events.add(
        event(
            "content_block_start",
            "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\",\"citations\":null}"));
    events.add("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    for (String piece : Wire.pieces(answer.text())) {
      events.add(
          event(
              "content_block_delta",
              "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":"
                  + Json.quote(piece)
                  + "}"));
    }
    events.add(event("content_block_stop", "\"index\":0"));
    events.add(
        event(
            "message_delta",
            "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":"
                + usage(answer.tokens(), answer.tokens().output())));
    events.add("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    return events;
  }

  private static String event(String type, String rest) {
    return "event: %s\ndata: {\"type\":\"%s\",%s}\n\n".formatted(type, type, rest);
  }

  private static String message(
      ModelRequest request, String content, String stopReason, String usage) {
    return """
        {"id":"msg_1","type":"message","role":"assistant","model":%s,"content":%s,\
        "stop_reason":%s,"stop_sequence":null,"container":null,"usage":%s}"""
        .formatted(Json.quote(request.model()), content, stopReason, usage);
  }

  private static String usage(Tokens tokens, long output) {
    return """
        {"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,\
        "cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":0},\
        "output_tokens":%d,"service_tier":"standard","server_tool_use":null}"""
        .formatted(
            tokens.input() - tokens.cacheRead() - tokens.cacheWrite(),
            tokens.cacheWrite(),
            tokens.cacheRead(),
            tokens.cacheWrite(),
            output);
  }

  @Override
  public String error(Reply.Failure failure) {
    return """
        {"type":"error","error":{"type":"%s","message":%s}}"""
        .formatted(
            failure.status() == 429 ? "rate_limit_error" : "api_error",
            Json.quote(failure.message()));
  }
}
