package io.tokenmeter.providers.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Providers by host, with OpenTelemetry's names where it has one. Many speak another provider's
 * dialect, so the dialect alone does not tell who answers and what it costs.
 */
public final class KnownHosts {
  public static final String AZURE_OPENAI = "azure.ai.openai";

  /** A host stands for its subdomains too; one that begins with a hyphen for whatever ends so. */
  private static final List<Host> HOSTS =
      List.of(
          new Host("openai.azure.com", AZURE_OPENAI),
          new Host("cognitiveservices.azure.com", AZURE_OPENAI),
          new Host("services.ai.azure.com", "azure.ai.inference"),
          new Host("models.inference.ai.azure.com", "azure.ai.inference"),
          new Host("generativelanguage.googleapis.com", "gcp.gemini"),
          new Host("aiplatform.googleapis.com", "gcp.vertex_ai"),
          new Host("-aiplatform.googleapis.com", "gcp.vertex_ai"),
          new Host("api.openai.com", "openai"),
          new Host("api.anthropic.com", "anthropic"),
          new Host("api.cohere.ai", "cohere"),
          new Host("api.cohere.com", "cohere"),
          new Host("api.deepseek.com", "deepseek"),
          new Host("api.groq.com", "groq"),
          new Host("mistral.ai", "mistral_ai"),
          new Host("api.perplexity.ai", "perplexity"),
          new Host("api.x.ai", "x_ai"),
          new Host("api.cerebras.ai", "cerebras"),
          new Host("api.fireworks.ai", "fireworks"),
          new Host("router.huggingface.co", "huggingface"),
          new Host("api.minimax.io", "minimax"),
          new Host("api.moonshot.ai", "moonshotai"),
          new Host("api.moonshot.cn", "moonshotai"),
          new Host("integrate.api.nvidia.com", "nvidia"),
          new Host("api.novita.ai", "novita"),
          new Host("openrouter.ai", "openrouter"),
          new Host("api.sambanova.ai", "sambanova"),
          new Host("api.together.ai", "together"),
          new Host("api.together.xyz", "together"),
          new Host("api.voyageai.com", "voyageai"),
          new Host("api.z.ai", "zai"));

  private KnownHosts() {}

  private record Host(String name, String provider) {
    boolean matches(String host) {
      int prefix = host.length() - name.length();
      return prefix >= 0
          && host.regionMatches(true, prefix, name, 0, name.length())
          && (prefix == 0 || name.charAt(0) == '-' || host.charAt(prefix - 1) == '.');
    }
  }

  /** Who answers at a host; null if it is not known, such as a proxy. */
  public static @Nullable String provider(String host) {
    for (Host known : HOSTS) {
      if (known.matches(host)) {
        return known.provider;
      }
    }
    return null;
  }

  /** All names that {@link #provider} can return. */
  public static List<String> providers() {
    return HOSTS.stream().map(Host::provider).distinct().toList();
  }
}
