package io.tokenmeter.javaagent.runtime;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which request bodies are worth reading: other services share a model's paths. */
public final class RequestBodies {
  /** Above every provider's own limit; more is an upload of something else. */
  private static final long MAX_BYTES = 64L << 20;

  private RequestBodies() {}

  /**
   * Whether a body may be a call to a model.
   *
   * @param contentType null if none is stated
   * @param contentLength negative if it is not known
   */
  public static boolean mayBeMetered(@Nullable String contentType, long contentLength) {
    return contentLength <= MAX_BYTES
        && (contentType == null
            || contentType.isBlank()
            || contentType.toLowerCase(Locale.ROOT).contains("json"));
  }
}
