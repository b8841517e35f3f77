package io.tokenmeter.engine.config;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that can be set, checked and with defaults filled in. Immutable.
 *
 * @param home the state directory
 * @param enabled whether the agent does anything at all
 * @param failClosed whether a configuration error stops the application from starting
 * @param attribution who pays where nothing else says so
 * @param apiKeys who pays by the API key that a call carries
 * @param budgets the budgets
 * @param prices overrides, and what happens to models without a price
 * @param calls the call log
 * @param otel OpenTelemetry export
 * @param alerts who is told when budgets run low
 * @param statements what is kept of windows that have closed
 * @param counting how tokens are counted
 * @param ledgerGroup the group whose members share {@code home}; empty: its owner alone
 * @param source where it was read from, for people; {@code defaults} without a file
 * @param logLevel how much the meter says of itself
 * @param apiKeySalt what API keys are fingerprinted with; empty: a salt of this host, in {@code
 *     home}
 * @param origins where each setting that is not a default was found, by its path, for people
 * @param warnings what looks wrong but does no harm, for people
 */
public record Configuration(
    Path home,
    boolean enabled,
    boolean failClosed,
    Map<String, String> attribution,
    List<ApiKeyOwner> apiKeys,
    BudgetSettings budgets,
    PriceSettings prices,
    CallLogSettings calls,
    OtelSettings otel,
    AlertSettings alerts,
    StatementSettings statements,
    CountingSettings counting,
    Optional<String> ledgerGroup,
    String source,
    LogLevel logLevel,
    Optional<String> apiKeySalt,
    Map<String, String> origins,
    List<String> warnings) {

  public Configuration {
    attribution = unmodifiable(attribution);
    apiKeys = List.copyOf(apiKeys);
    origins = unmodifiable(origins);
    warnings = List.copyOf(warnings);
  }

  /** Copies a map, keeping its order. */
  private static <V> Map<String, V> unmodifiable(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Names the source only: the settings hold secrets (a salt, headers). */
  @Override
  public String toString() {
    return "Configuration[" + source + "]";
  }

  /**
   * Who pays for calls with one API key.
   *
   * @param fingerprint the key's salted fingerprint, as {@code ApiKeyFingerprint} computes it
   * @param attribution laid over the static one
   */
  public record ApiKeyOwner(String fingerprint, Map<String, String> attribution) {}

  /**
   * @param rules in the file's order
   * @param defaultMaxOutputTokens held for a request that states no limit to its output, where
   *     {@code maxOutputTokens} has no entry for its model
   * @param maxOutputTokens the same by model prefix; the longest prefix wins
   * @param injectMaxOutput whether that much is written into the request as its limit, where a hard
   *     budget matches
   */
  public record BudgetSettings(
      List<BudgetRule> rules,
      long defaultMaxOutputTokens,
      Map<String, Long> maxOutputTokens,
      boolean injectMaxOutput) {

    public BudgetSettings {
      rules = List.copyOf(rules);
      maxOutputTokens = unmodifiable(maxOutputTokens);
    }
  }

  /**
   * @param overrides in the bundled table's form, laid over it
   * @param unknownModel what a USD budget says to a call to a model without a price
   */
  public record PriceSettings(List<PriceOverride> overrides, UnknownModel unknownModel) {}

  /** What a USD budget says to a call to a model without a price. */
  public enum UnknownModel {
    /** Let it pass without charge to USD budgets; it is reported as unpriced. */
    ALLOW,
    /** Refuse it, if a hard USD budget matches. */
    REFUSE,
    /**
     * Hold and charge it at the highest price of its provider's table; it is reported as unpriced.
     */
    WORST_CASE
  }

  /**
   * A price that the user states.
   *
   * @param provider as in {@code gen_ai.provider.name}
   * @param model a model's name, which stands for its dated snapshots too; with a trailing {@code
   *     *} every name that begins with it
   * @param usdPerMillion by token class label, as decimal strings; always with {@code
   *     uncached_input}. The whole price: nothing of the bundled one is left
   */
  public record PriceOverride(String provider, String model, Map<String, String> usdPerMillion) {}

  /**
   * @param file empty: no call log
   * @param maxBytes a file is rotated before it grows above this
   * @param maxFiles how many rotated files are kept
   */
  public record CallLogSettings(Optional<Path> file, long maxBytes, int maxFiles) {}

  /**
   * @param webhooks where alerts are posted
   * @param grantNotice how long before it expires a grant that has something left is told of
   */
  public record AlertSettings(List<Webhook> webhooks, Duration grantNotice) {
    public AlertSettings {
      webhooks = List.copyOf(webhooks);
    }
  }

  /** What a webhook is sent. */
  public enum WebhookFormat {
    /** An object with every figure. */
    JSON,
    /** A sentence, as Slack's incoming webhooks and what imitates them take it. */
    SLACK
  }

  /**
   * @param url with scheme http or https; often a secret
   * @param thresholds of the thresholds that budgets have, those that are told here; empty for all
   * @param headers sent with each post; often secrets
   */
  public record Webhook(
      String url, WebhookFormat format, List<Integer> thresholds, Map<String, String> headers) {

    public Webhook {
      thresholds = List.copyOf(thresholds);
      headers = unmodifiable(headers);
    }

    /**
     * @param percent 0 for what is no threshold
     */
    public boolean wants(int percent) {
      return percent == 0 || thresholds.isEmpty() || thresholds.contains(percent);
    }

    /** Leaves the URL and the headers' values out. */
    @Override
    public String toString() {
      return "Webhook[format=" + format + ", headers=" + headers.keySet() + "]";
    }
  }

  /**
   * @param dimensions what spend is kept by, together
   */
  public record StatementSettings(List<String> dimensions) {
    public StatementSettings {
      dimensions = List.copyOf(dimensions);
    }
  }

  /**
   * @param learn whether closed tokenizers are learned from reported usage
   * @param rememberedParts how many parts of requests are remembered by their hash; 0 for none
   * @param models the encodings' names by the starts of model names, before the built-in ones
   * @param tokenizers files of the form {@code tokenizer.json} by the starts of model names, before
   *     all names
   * @param rules lines of counting rules, before the built-in ones
   */
  public record CountingSettings(
      boolean learn,
      int rememberedParts,
      Map<String, String> models,
      Map<String, Path> tokenizers,
      List<String> rules) {

    public CountingSettings {
      models = unmodifiable(models);
      tokenizers = unmodifiable(tokenizers);
      rules = List.copyOf(rules);
    }

    /** Which model has which encoding, by name; tokenizer files are not read. */
    public ModelEncodings encodings() {
      return ModelEncodings.builtIn()
          .with(
              models.entrySet().stream()
                  .map(entry -> entry.getValue() + " " + entry.getKey())
                  .toList());
    }

    /** How what is not text counts. */
    public CountingRules countingRules() {
      return CountingRules.builtIn().with("counting.rules", rules);
    }
  }

  /**
   * @param enabled whether records are exported at all
   * @param endpoint an OTLP/HTTP base URL for the agent's own SDK; empty: only over the
   *     application's own OpenTelemetry
   * @param semconv which names are emitted: {@code 1.41} or {@code next}
   * @param headers for the OTLP endpoint
   * @param baggage baggage keys that become attribution, with the attribution key of each
   */
  public record OtelSettings(
      boolean enabled,
      Optional<String> endpoint,
      String semconv,
      Map<String, String> headers,
      Map<String, String> baggage) {

    public OtelSettings {
      headers = unmodifiable(headers);
      baggage = unmodifiable(baggage);
    }

    /** Leaves the headers' values out: they hold credentials. */
    @Override
    public String toString() {
      return "OtelSettings[enabled="
          + enabled
          + ", endpoint="
          + endpoint
          + ", headers="
          + headers.keySet()
          + "]";
    }
  }
}
