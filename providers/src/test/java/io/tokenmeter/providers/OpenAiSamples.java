package io.tokenmeter.providers;

/** What goes over OpenAI's wire, written by hand after its API reference. */
final class OpenAiSamples {
  private OpenAiSamples() {}

  /** A PNG of 3 x 2 pixels. */
  static final String PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAAElFTkSuQmCC";

  static final String CHAT_REQUEST =
      """
      {"model":"gpt-4o","messages":[
        {"role":"developer","content":"Answer in French."},
        {"role":"user","name":"ada","content":[
          {"type":"text","text":"What is \\"this\\"? \\u00e9"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,%s","detail":"low"}},
          {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
          {"type":"input_audio","input_audio":{"data":"AAAAAAAA","format":"wav"}},
          {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}},
          {"type":"file","file":{"file_id":"file-1"}}]},
        {"role":"assistant","content":null,"tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"18 degrees"}],
       "tools":[{"type":"function","function":{"name":"weather","description":"Tells the weather.",
         "parameters":{"type":"object", "properties":{"city":{"type":"string"}}}}}],
       "tool_choice":"required",
       "response_format":{"type":"json_schema","json_schema":{"name":"w","schema":{"type": "object"}}},
       "max_completion_tokens":256,"n":2,"stream":true,"stream_options":{"include_usage":true},
       "metadata":{"note":"not billed"},"user":"u-1"}
      """
          .formatted(PNG);

  static final String CHAT_PLAIN =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06",
       "choices":[{"index":0,"message":{"role":"assistant","content":"Bonjour le monde","refusal":null,
         "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},
         "logprobs":null,"finish_reason":"tool_calls"},
        {"index":1,"message":{"role":"assistant","content":null,"refusal":"No."},"finish_reason":"stop"}],
       "usage":{"prompt_tokens":120,"completion_tokens":50,"total_tokens":170,
         "prompt_tokens_details":{"cached_tokens":64,"audio_tokens":6},
         "completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":4,
           "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},
       "service_tier":"default"}
      """;

  static final String CHAT_STREAM =
      """
      : keep-alive

      data: {"id":"chatcmpl-2","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

      data: {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Caf\u00e9 \uD83D\uDE00"},"finish_reason":null}],"usage":null}

      data: {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"x\\":"}}]},"finish_reason":null}],"usage":null}

      data: {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\uD83D\\uDE00 2}"}}]},"finish_reason":null}],"usage":null}

      data: {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

      data: {"id":"chatcmpl-2","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}

      data: [DONE]

      """;

  static final String CHAT_STREAM_ERROR =
      """
      data: {"id":"gen-1","model":"m","choices":[{"index":0,"delta":{"content":"Half"},"finish_reason":null}]}

      data: {"error":{"message":"upstream said: secret prompt","code":"server_error"}}

      """;

  static final String ERROR =
      """
      {"error":{"message":"You exceeded your quota, secret prompt","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}
      """;

  static final String RESPONSES_REQUEST =
      """
      {"model":"gpt-5","instructions":"Be brief.","input":[
        {"role":"user","content":[
          {"type":"input_text","text":"Look"},
          {"type":"input_image","image_url":"data:image/png;base64,%s","detail":"high"},
          {"type":"input_image","file_id":"file-9","detail":"auto"},
          {"type":"input_file","file_url":"https://example.com/a.pdf"}]},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Thinking"}],"encrypted_content":"gAAA"},
        {"type":"function_call","call_id":"c1","name":"weather","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"rain"},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"It rains","annotations":[]}]}],
       "tools":[{"type":"function","name":"weather","description":"Tells.","parameters":{"type":"object"},"strict":true},
         {"type":"web_search"}],
       "tool_choice":{"type":"function","name":"weather"},
       "text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}},"verbosity":"low"},
       "max_output_tokens":99,"stream":false,"store":false,"previous_response_id":"resp_0"}
      """
          .formatted(PNG);

  static final String RESPONSES_PLAIN =
      """
      {"id":"resp_1","object":"response","created_at":1,"status":"completed","error":null,"incomplete_details":null,
       "instructions":"Be brief.","model":"gpt-5-2025-08-07","output":[
         {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I think"}]},
         {"type":"message","id":"msg_1","status":"completed","role":"assistant",
          "content":[{"type":"output_text","text":"It rains.","annotations":[]}]},
         {"type":"function_call","call_id":"c","name":"weather","arguments":"{\\"d\\":1}","status":"completed"}],
       "text":{"format":{"type":"text"}},"tools":[],"usage":{"input_tokens":75,"input_tokens_details":{"cached_tokens":25,"cache_write_tokens":10},
         "output_tokens":186,"output_tokens_details":{"reasoning_tokens":128},"total_tokens":261},"metadata":{}}
      """;

  static final String RESPONSES_STREAM =
      """
      event: response.created
      data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_2","status":"in_progress","model":"gpt-5","output":[],"usage":null}}

      event: response.output_item.added
      data: {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","name":"weather","arguments":""}}

      event: response.function_call_arguments.delta
      data: {"type":"response.function_call_arguments.delta","delta":"{\\"d\\""}

      event: response.function_call_arguments.delta
      data: {"delta":":1}","type":"response.function_call_arguments.delta"}

      event: response.output_item.done
      data: {"type":"response.output_item.done","item":{"type":"function_call","name":"weather","arguments":"{\\"d\\":1}"}}

      event: response.output_text.delta
      data: {"type":"response.output_text.delta","item_id":"msg","delta":"It rains."}

      event: response.audio.delta
      data: {"type":"response.audio.delta","delta":"AAAAAAAAAAAAAAAA"}

      event: response.completed
      data: {"type":"response.completed","response":{"id":"resp_2","status":"completed","model":"gpt-5-2025-08-07","output":[{"type":"message","content":[{"type":"output_text","text":"It rains."}]}],"usage":{"input_tokens":11,"input_tokens_details":{"cached_tokens":1},"output_tokens":22,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":33}}}

      """;

  static final String RESPONSES_INCOMPLETE =
      """
      event: response.incomplete
      data: {"type":"response.incomplete","response":{"id":"resp_3","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"model":"gpt-5","usage":{"input_tokens":5,"output_tokens":7,"total_tokens":12}}}

      """;

  static final String RESPONSES_FAILED =
      """
      event: response.failed
      data: {"type":"response.failed","response":{"id":"resp_4","status":"failed","error":{"code":"server_error","message":"secret prompt"},"model":"gpt-5","usage":null}}

      """;

  static final String RESPONSES_ERROR_EVENT =
      """
      event: error
      data: {"type":"error","code":"rate_limit_exceeded","message":"secret prompt","param":null,"sequence_number":1}

      """;

  static final String EMBEDDINGS_REQUEST =
      """
      {"input":["one","two"],"model":"text-embedding-3-small","encoding_format":"base64","dimensions":8}
      """;

  static final String EMBEDDINGS_PLAIN =
      """
      {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1e-3]},
       {"object":"embedding","index":1,"embedding":"AACAPw=="}],
       "model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}
      """;

  static final String COMPLETION_REQUEST =
      """
      {"model":"gpt-3.5-turbo-instruct","prompt":["a","b"],"suffix":"z","max_tokens":7,"n":2,"best_of":3,"stream":true}
      """;

  static final String COMPLETION_PLAIN =
      """
      {"id":"cmpl-1","object":"text_completion","model":"gpt-3.5-turbo-instruct","choices":[{"text":"Hi there","index":0,"finish_reason":"length"}],
       "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}
      """;

  static final String COMPLETION_STREAM =
      """
      data: {"id":"cmpl-2","object":"text_completion","choices":[{"text":"Hi","index":0,"finish_reason":null}],"model":"gpt-3.5-turbo-instruct"}

      data: {"id":"cmpl-2","object":"text_completion","choices":[{"text":" there","index":0,"finish_reason":"stop"}],"model":"gpt-3.5-turbo-instruct"}

      data: [DONE]

      """;
}
