package io.tokenmeter.providers;

/** What goes over Gemini's wire, written by hand after its API reference. */
final class GeminiSamples {
  private GeminiSamples() {}

  static final String REQUEST =
      """
      {"contents":[
        {"role":"user","parts":[{"text":"What is this?"},
          {"inlineData":{"mimeType":"image/png","data":"%s"}},
          {"inline_data":{"mime_type":"audio/wav","data":"AAAAAAAA"}},
          {"fileData":{"mimeType":"application/pdf","fileUri":"https://example.com/f"}}]},
        {"role":"model","parts":[{"functionCall":{"name":"weather","args":{"city": "Paris"}}}]},
        {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"t": 18}}}]}],
       "systemInstruction":{"role":"user","parts":[{"text":"Be terse."}]},
       "tools":[{"functionDeclarations":[{"name":"weather","description":"Tells.","parameters":{"type": "OBJECT"}}]},
         {"googleSearch":{}}],
       "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
       "generationConfig":{"maxOutputTokens":200,"candidateCount":2,"responseSchema":{"type":"STRING"},"temperature":0.5},
       "labels":{"note":"not billed"}}
      """
          .formatted(OpenAiSamples.PNG);

  static final String PLAIN =
      """
      {"candidates":[{"content":{"role":"model","parts":[{"text":"A thought","thought":true},{"text":"It rains."},
         {"functionCall":{"name":"weather","args":{"city":"Paris"}}}]},
         "finishReason":"STOP","index":0}],
       "usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":20,
         "thoughtsTokenCount":30,"toolUsePromptTokenCount":7,"totalTokenCount":157,
         "promptTokensDetails":[{"modality":"TEXT","tokenCount":75},{"tokenCount":25,"modality":"AUDIO"}],
         "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":5}],
         "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":20}]},
       "modelVersion":"gemini-2.5-flash","responseId":"r-1"}
      """;

  static final String STREAM =
      """
      data: {"candidates":[{"content":{"parts":[{"text":"It "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":8,"totalTokenCount":8},"modelVersion":"gemini-2.5-flash","responseId":"r-2"}

      data: {"candidates":[{"content":{"parts":[{"text":"r\u00e4ins."}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":10},"modelVersion":"gemini-2.5-flash","responseId":"r-2"}

      data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":4,"thoughtsTokenCount":6,"totalTokenCount":18},"modelVersion":"gemini-2.5-flash","responseId":"r-2"}

      """;

  static final String ARRAY_STREAM =
      """
      [{"candidates":[{"content":{"parts":[{"text":"It "}],"role":"model"}}],"usageMetadata":{"promptTokenCount":8,"totalTokenCount":8},"modelVersion":"gemini-2.5-flash"}
      ,
      {"candidates":[{"content":{"parts":[{"text":"rains."}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":4,"totalTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"r-3"}
      ]
      """;

  static final String ERROR =
      """
      {"error":{"code":429,"message":"secret prompt","status":"RESOURCE_EXHAUSTED","details":[{"@type":"t"}]}}
      """;

  static final String ARRAY_ERROR = "[" + ERROR + "]";

  static final String EMBED_REQUEST =
      """
      {"content":{"parts":[{"text":"one"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":8}
      """;

  static final String BATCH_EMBED_REQUEST =
      """
      {"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"one"}]}},
       {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"two"}]}}]}
      """;

  static final String EMBED_PLAIN =
      """
      {"embedding":{"values":[0.1,0.2]},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}
      """;
}
