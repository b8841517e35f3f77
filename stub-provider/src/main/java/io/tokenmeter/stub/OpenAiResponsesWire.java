package io.tokenmeter.stub;

import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/responses}. */
final class OpenAiResponsesWire implements Wire {

  @Override
  public String body(ModelRequest request, Reply.Answer answer) {
    return response(request, "completed", output(answer.text()), usage(answer.tokens()));
  }

  @Override
  public List<String> events(ModelRequest request, Reply.Answer answer) {
    List<String> events = new ArrayList<>();
    String begun = response(request, "in_progress", "[]", "null");
    events.add(event(events, "response.created", "\"response\":" + begun));
    events.add(
        event(
            events,
            "response.output_item.added",
            "\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                + "\"status\":\"in_progress\",\"content\":[]}"));
    for (String piece : Wire.pieces(answer.text())) {
      events.add(
          event(
              events,
              "response.output_text.delta",
              "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"logprobs\":[],\"delta\":"
                  + Json.quote(piece)));
    }
    events.add(event(events, "response.completed", "\"response\":" + body(request, answer)));
    return events;
  }

  private static String event(List<String> before, String type, String rest) {
    return "event: %s\ndata: {\"type\":\"%s\",\"sequence_number\":%d,%s}\n\n"
        .formatted(type, type, before.size(), rest);
  }

  private static String output(String text) {
    return """
        [{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":\
        [{"type":"output_text","text":%s,"annotations":[],"logprobs":[]}]}]"""
        .formatted(Json.quote(text));
  }

  private static String response(ModelRequest request, String status, String output, String usage) {
    return """
        {"id":"resp_1","object":"response","created_at":1763800000,"status":"%s","error":null,\
        "incomplete_details":null,"instructions":null,"metadata":{},"model":%s,"output":%s,\
        "parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,\
        "usage":%s}"""
        .formatted(status, Json.quote(request.model()), output, usage);
  }

  private static String usage(Tokens tokens) {
    return """
        {"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d},"output_tokens":%d,\
        "output_tokens_details":{"reasoning_tokens":%d},"total_tokens":%d}"""
        .formatted(
            tokens.input(),
            tokens.cacheRead(),
            tokens.output(),
            tokens.reasoning(),
            tokens.total());
  }

  @Override
  public String error(Reply.Failure failure) {
    return OpenAiChatWire.openAiError(failure);
  }
}
