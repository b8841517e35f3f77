package io.tokenmeter.providers.openai;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.wire.KnownHosts;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects of OpenAI and of the providers that speak like it. */
public final class OpenAiDialects {
  static final String OPENAI = "openai";

  private static final OpenAiEndpoint[] ENDPOINTS = OpenAiEndpoint.values();

  private static final Map<OpenAiEndpoint, Dialect> BY_DEFAULT = dialects(OPENAI, false);
  private static final Map<OpenAiEndpoint, Dialect> OF_AZURE_DEPLOYMENTS =
      dialects(KnownHosts.AZURE_OPENAI, true);
  private static final Map<String, Map<OpenAiEndpoint, Dialect>> BY_PROVIDER = byProvider();

  private OpenAiDialects() {}

  private static Map<String, Map<OpenAiEndpoint, Dialect>> byProvider() {
    Map<String, Map<OpenAiEndpoint, Dialect>> dialects = new HashMap<>();
    KnownHosts.providers().forEach(name -> dialects.put(name, dialects(name, false)));
    return dialects;
  }

  private static Map<OpenAiEndpoint, Dialect> dialects(String provider, boolean modelInPath) {
    Map<OpenAiEndpoint, Dialect> dialects = new EnumMap<>(OpenAiEndpoint.class);
    for (OpenAiEndpoint endpoint : ENDPOINTS) {
      dialects.put(endpoint, new OpenAiDialect(provider, endpoint, modelInPath));
    }
    return dialects;
  }

  /**
   * The dialect of a POST request. Who answers at a host that is not known is taken for OpenAI,
   * since base URLs point at proxies.
   *
   * @param path without query
   * @return null if the path is none of OpenAI's
   */
  public static @Nullable Dialect find(String host, String path) {
    for (OpenAiEndpoint endpoint : ENDPOINTS) {
      if (path.endsWith(endpoint.path())) {
        return dialects(host, path).get(endpoint);
      }
    }
    return null;
  }

  private static Map<OpenAiEndpoint, Dialect> dialects(String host, String path) {
    if (AzurePath.matches(path)) {
      return OF_AZURE_DEPLOYMENTS;
    }
    String provider = KnownHosts.provider(host);
    return provider == null ? BY_DEFAULT : BY_PROVIDER.getOrDefault(provider, BY_DEFAULT);
  }
}
