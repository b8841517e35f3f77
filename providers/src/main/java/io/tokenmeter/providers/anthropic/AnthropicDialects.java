package io.tokenmeter.providers.anthropic;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.wire.KnownHosts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects of Anthropic and of the providers that speak like it. */
public final class AnthropicDialects {
  private static final Dialect BY_DEFAULT = new MessagesDialect("anthropic");
  private static final Map<String, Dialect> BY_PROVIDER = byProvider();

  private AnthropicDialects() {}

  private static Map<String, Dialect> byProvider() {
    Map<String, Dialect> dialects = new HashMap<>();
    KnownHosts.providers().forEach(name -> dialects.put(name, new MessagesDialect(name)));
    return dialects;
  }

  /**
   * The dialect of a POST request. Who answers at a host that is not known is taken for Anthropic,
   * since base URLs point at proxies.
   *
   * @param path without query
   * @return null if the path is none of Anthropic's
   */
  public static @Nullable Dialect find(String host, String path) {
    if (!path.endsWith("/v1/messages")) {
      return null;
    }
    String provider = KnownHosts.provider(host);
    return provider == null ? BY_DEFAULT : BY_PROVIDER.getOrDefault(provider, BY_DEFAULT);
  }
}
