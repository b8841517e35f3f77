package io.tokenmeter.javaagent.clients.programs;

/** The requests of those who use no client library. */
enum ByHand {
  CHAT("/v1/chat/completions"),
  CHAT_STREAM("/v1/chat/completions"),
  MESSAGES("/v1/messages"),
  GENERATE_STREAM("/v1beta/models/%s:streamGenerateContent?alt=sse");

  private static final String CHAT_BODY =
      """
      {"model":"%s","max_completion_tokens":400,%s"messages":[{"role":"user","content":"%s"}]}""";
  private static final String MESSAGES_BODY =
      """
      {"model":"%s","max_tokens":400,"messages":[{"role":"user","content":"%s"}]}""";
  private static final String GENERATE_BODY =
      """
      {"contents":[{"role":"user","parts":[{"text":"%s"}]}],\
      "generationConfig":{"maxOutputTokens":400}}""";

  private final String path;

  ByHand(String path) {
    this.path = path;
  }

  String path(String model) {
    return path.formatted(model);
  }

  String body(String model) {
    return switch (this) {
      case CHAT -> CHAT_BODY.formatted(model, "", ClientProgram.PROMPT);
      case CHAT_STREAM ->
          CHAT_BODY.formatted(
              model,
              "\"stream\":true,\"stream_options\":{\"include_usage\":true},",
              ClientProgram.PROMPT);
      case MESSAGES -> MESSAGES_BODY.formatted(model, ClientProgram.PROMPT);
      case GENERATE_STREAM -> GENERATE_BODY.formatted(ClientProgram.PROMPT);
    };
  }
}
