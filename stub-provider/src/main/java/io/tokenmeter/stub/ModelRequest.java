package io.tokenmeter.stub;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A request that reached the stub.
 *
 * @param api what it asks for
 * @param path the URL's path without its query
 * @param body the JSON that was sent
 * @param text the body as it was sent
 */
public record ModelRequest(Api api, String path, JsonNode body, String text) {

  public String model() {
    if (api == Api.GEMINI_GENERATE || api == Api.GEMINI_EMBED) {
      return path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf(':'));
    }
    return body.path("model").asText();
  }

  /** Whether the answer is to come as server-sent events. */
  public boolean streaming() {
    return path.endsWith(":streamGenerateContent") || body.path("stream").asBoolean();
  }

  /**
   * Whether the answer to this request says its usage: OpenAI's chat streams only where asked to,
   * Gemini's embeddings never.
   */
  public boolean getsUsage() {
    return api != Api.GEMINI_EMBED && (api != Api.OPENAI_CHAT || !streaming() || asksForUsage());
  }

  /** Whether a streamed chat completion is to end with a chunk that holds the usage. */
  boolean asksForUsage() {
    return body.path("stream_options").path("include_usage").asBoolean();
  }

  /** The limit to the output that the request states; {@code otherwise} where it states none. */
  public long maxOutputTokens(long otherwise) {
    for (String key : new String[] {"max_completion_tokens", "max_output_tokens", "max_tokens"}) {
      if (body.has(key)) {
        return body.path(key).asLong();
      }
    }
    return body.path("generationConfig").path("maxOutputTokens").asLong(otherwise);
  }
}
