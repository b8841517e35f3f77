package io.tokenmeter.providers;

import io.tokenmeter.providers.anthropic.AnthropicDialects;
import io.tokenmeter.providers.gemini.GeminiDialects;
import io.tokenmeter.providers.openai.OpenAiDialects;
import org.jspecify.annotations.Nullable;

/** Finds the dialect that an HTTP request speaks. */
public final class Dialects {
  private Dialects() {}

  /**
   * The dialect of a request, by host and path alone: cheap, for every HTTP call of the
   * application. A path that many services have ({@code /v1/embeddings}) is a candidate only;
   * {@link Dialect#readRequest} has the last word.
   *
   * @param method the HTTP method
   * @param host the URL's host without port
   * @param path the URL's path, with or without query
   * @return null if it is not a call to a model
   */
  public static @Nullable Dialect find(String method, String host, String path) {
    if (!method.equalsIgnoreCase("POST")) {
      return null;
    }
    String bare = withoutQuery(path);
    Dialect dialect = GeminiDialects.find(bare);
    if (dialect == null) {
      dialect = AnthropicDialects.find(host, bare);
    }
    return dialect == null ? OpenAiDialects.find(host, bare) : dialect;
  }

  private static String withoutQuery(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
