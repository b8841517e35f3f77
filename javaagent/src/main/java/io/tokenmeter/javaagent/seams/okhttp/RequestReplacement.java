package io.tokenmeter.javaagent.seams.okhttp;

import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request that is to be sent in place of the call's own. The call's field is final, so the
 * replacement goes in where the first interceptor is handed the request.
 */
record RequestReplacement(Request original, Request replacement) {
  private static final ThreadLocal<@Nullable RequestReplacement> CURRENT = new ThreadLocal<>();

  static void begin(Request original, Request replacement) {
    CURRENT.set(new RequestReplacement(original, replacement));
  }

  static void end() {
    CURRENT.remove();
  }

  /** Null to keep the request. */
  static @Nullable Request of(Object request) {
    RequestReplacement current = CURRENT.get();
    return current != null && current.original == request ? current.replacement : null;
  }
}
