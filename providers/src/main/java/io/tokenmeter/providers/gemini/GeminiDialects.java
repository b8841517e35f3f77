package io.tokenmeter.providers.gemini;

import io.tokenmeter.providers.Dialect;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects of Gemini. */
public final class GeminiDialects {
  private static final Map<GeminiMethod, Dialect> DIALECTS = dialects("gcp.gemini");
  private static final Map<GeminiMethod, Dialect> VERTEX_DIALECTS = dialects("gcp.vertex_ai");

  private GeminiDialects() {}

  private static Map<GeminiMethod, Dialect> dialects(String provider) {
    Map<GeminiMethod, Dialect> dialects = new EnumMap<>(GeminiMethod.class);
    for (GeminiMethod method : GeminiMethod.values()) {
      dialects.put(method, new GeminiDialect(provider, method));
    }
    return dialects;
  }

  /**
   * The dialect of a POST request. Vertex AI's paths have a project in them, or at least a
   * publisher.
   *
   * @param path without query
   * @return null if the path is none of Gemini's
   */
  public static @Nullable Dialect find(String path) {
    int colon = path.lastIndexOf(':');
    GeminiMethod method = colon < 0 ? null : GeminiMethod.ofPathEnd(path, colon);
    if (method == null) {
      return null;
    }
    boolean vertex = path.contains("/publishers/") || path.contains("/projects/");
    return (vertex ? VERTEX_DIALECTS : DIALECTS).get(method);
  }
}
