package io.tokenmeter.engine.attribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.engine.OutgoingCall;
import java.net.URLDecoder;
import org.jspecify.annotations.Nullable;

/** Finds the API key that a call carries. */
final class ApiKeys {
  private static final String BEARER = "Bearer ";

  /** Anthropic, Azure OpenAI, Gemini. */
  private static final String[] KEY_HEADERS = {"x-api-key", "api-key", "x-goog-api-key"};

  private static final String KEY_PARAMETER = "key=";

  private ApiKeys() {}

  /** The key; null if the call carries none that is known how to find. */
  static @Nullable String find(OutgoingCall call) {
    String authorization = call.header().apply("Authorization");
    if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return notEmpty(authorization.substring(BEARER.length()).strip());
    }
    for (String name : KEY_HEADERS) {
      String key = call.header().apply(name);
      if (key != null) {
        return notEmpty(key.strip());
      }
    }
    return keyParameter(call.path());
  }

  /** Gemini's {@code ?key=}. */
  private static @Nullable String keyParameter(String path) {
    int at = path.indexOf('?') + 1;
    while (at > 0) {
      int end = path.indexOf('&', at);
      if (path.startsWith(KEY_PARAMETER, at)) {
        int from = at + KEY_PARAMETER.length();
        return decoded(path.substring(from, end < 0 ? path.length() : end));
      }
      at = end + 1;
    }
    return null;
  }

  private static @Nullable String decoded(String parameter) {
    try {
      return notEmpty(parameter.indexOf('%') < 0 ? parameter : URLDecoder.decode(parameter, UTF_8));
    } catch (IllegalArgumentException malformed) {
      return notEmpty(parameter);
    }
  }

  private static @Nullable String notEmpty(String key) {
    return key.isEmpty() ? null : key;
  }
}
