package io.tokenmeter.providers;

/** What goes over Anthropic's wire, written by hand after its API reference. */
final class AnthropicSamples {
  private AnthropicSamples() {}

  static final String REQUEST =
      """
      {"model":"claude-sonnet-4-5","max_tokens":1024,"stream":true,
       "system":[{"type":"text","text":"You are terse.","cache_control":{"type":"ephemeral"}}],
       "messages":[
        {"role":"user","content":[
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"%s"}},
          {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
          {"type":"document","title":"Notes","source":{"data":"A \\"note\\"","media_type":"text/plain","type":"text"}},
          {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAAAAAA"}},
          {"type":"text","text":"Describe."}]},
        {"role":"assistant","content":[
          {"type":"thinking","thinking":"Hm","signature":"c2ln"},
          {"type":"tool_use","id":"t1","name":"weather","input":{"city": "Paris"}}]},
        {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"18 degrees"}]}]},
        {"role":"user","content":"And now?"}],
       "tools":[{"name":"weather","description":"Tells.","input_schema":{"type": "object"}},
         {"type":"web_search_20250305","name":"web_search","max_uses":5}],
       "tool_choice":{"type":"any"},
       "output_format":{"type":"json_schema","schema":{"type":"object"}},
       "thinking":{"type":"enabled","budget_tokens":512},
       "metadata":{"user_id":"not billed"}}
      """
          .formatted(OpenAiSamples.PNG);

  static final String PLAIN =
      """
      {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929",
       "content":[{"type":"thinking","thinking":"Hm","signature":"x"},{"type":"text","text":"Il pleut."},
         {"type":"tool_use","id":"t","name":"weather","input":{"city":"Paris","days":[1, 2]}}],
       "stop_reason":"tool_use","stop_sequence":null,
       "usage":{"input_tokens":10,"cache_creation_input_tokens":300,"cache_read_input_tokens":40,
         "cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},
         "output_tokens":60,"output_tokens_details":{"thinking_tokens":20},"service_tier":"standard"}}
      """;

  static final String STREAM =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_2","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":30,"cache_read_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":0},"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: ping
      data: {"type": "ping"}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Il pl\u00eaut"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" fort"}}

      event: content_block_start
      data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"weather","input":{}}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\": \\"P"}}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":9}}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":26,"cache_read_input_tokens":null,"output_tokens":15}}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  static final String STREAM_ERROR =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_3","model":"claude","usage":{"input_tokens":25,"output_tokens":1}}}

      event: error
      data: {"type":"error","error":{"type":"overloaded_error","message":"secret prompt"}}

      """;

  static final String ERROR =
      """
      {"type":"error","error":{"type":"rate_limit_error","message":"secret prompt"},"request_id":"req_1"}
      """;
}
