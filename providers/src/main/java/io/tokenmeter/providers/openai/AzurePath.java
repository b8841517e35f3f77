package io.tokenmeter.providers.openai;

import org.jspecify.annotations.Nullable;

/** Azure's paths, which name the deployment: {@code /openai/deployments/{name}/...}. */
final class AzurePath {
  private static final String DEPLOYMENTS = "/openai/deployments/";

  private AzurePath() {}

  static boolean matches(String path) {
    return path.contains(DEPLOYMENTS);
  }

  /** The deployment's name, null if the path names none. */
  static @Nullable String deployment(String path) {
    int at = path.indexOf(DEPLOYMENTS);
    if (at < 0) {
      return null;
    }
    int start = at + DEPLOYMENTS.length();
    int end = path.indexOf('/', start);
    return end > start ? path.substring(start, end) : null;
  }
}
