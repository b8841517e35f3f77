package io.tokenmeter.engine.attribution;

import io.tokenmeter.api.Attribution;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.ApiKeyOwner;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who pays for a call. Later sources win key by key: the configuration's static attribution,
 * the owner of the call's API key, the given sources (baggage) in their order, the code's current
 * {@link Attribution}. Thread-safe; takes no lock and throws nothing.
 */
public final class Attributor {
  private static final Logger LOG = LoggerFactory.getLogger(Attributor.class);

  /** Keys come from code and baggage; what is above this is dropped. */
  private static final int MAX_KEYS = 32;

  private static final int MAX_KEY_LENGTH = 64;

  private final Map<String, String> fixed;
  private final Map<String, Map<String, String>> ownersByFingerprint;
  private final @Nullable ApiKeyFingerprint fingerprints;
  private final List<AttributionSource> sources;
  private final BiConsumer<String, Throwable> faults;

  private Attributor(
      Map<String, String> fixed,
      Map<String, Map<String, String>> ownersByFingerprint,
      @Nullable ApiKeyFingerprint fingerprints,
      List<AttributionSource> sources,
      BiConsumer<String, Throwable> faults) {
    this.fixed = fixed;
    this.ownersByFingerprint = ownersByFingerprint;
    this.fingerprints = fingerprints;
    this.sources = sources;
    this.faults = faults;
  }

  /**
   * An attributor for a configuration. If API keys have owners but the host's salt cannot be used,
   * the owners are left out, which is logged.
   *
   * @param sources asked in this order, at every call anew: it may grow, if it is safe for that
   * @param faults hears what a source throws, with where
   */
  public static Attributor of(
      Configuration configuration,
      List<AttributionSource> sources,
      BiConsumer<String, Throwable> faults) {
    Map<String, Map<String, String>> owners = new HashMap<>();
    for (ApiKeyOwner owner : configuration.apiKeys()) {
      owners.put(owner.fingerprint(), owner.attribution());
    }
    ApiKeyFingerprint fingerprints = null;
    if (!owners.isEmpty()) {
      try {
        fingerprints = ApiKeyFingerprint.open(configuration.home(), configuration.apiKeySalt());
      } catch (IOException noSalt) {
        LOG.error(
            "tokenmeter: API keys cannot be told apart, so api-keys has no effect: {}",
            noSalt.toString());
      }
    }
    return new Attributor(configuration.attribution(), owners, fingerprints, sources, faults);
  }

  /**
   * Who pays for a call that the calling thread makes: an unmodifiable map of clean values, none of
   * them empty.
   */
  public Map<String, String> attribution(OutgoingCall call) {
    Merged merged = new Merged(fixed);
    try {
      merged.add(owner(call));
    } catch (RuntimeException fault) {
      faults.accept("attribution by API key", fault);
    }
    for (AttributionSource source : sources) {
      try {
        merged.add(source.attribution(call));
      } catch (RuntimeException | LinkageError fault) {
        faults.accept("attribution by " + source.getClass().getName(), fault);
      }
    }
    merged.add(Attribution.current().asMap());
    return merged.result();
  }

  private Map<String, String> owner(OutgoingCall call) {
    if (fingerprints == null) {
      return Map.of();
    }
    String key = ApiKeys.find(call);
    return key == null
        ? Map.of()
        : ownersByFingerprint.getOrDefault(fingerprints.of(key), Map.of());
  }

  /** Keeps the static map itself until a source has something to add. */
  private static final class Merged {
    private final Map<String, String> base;
    private @Nullable Map<String, String> copy;

    Merged(Map<String, String> base) {
      this.base = base;
    }

    void add(Map<String, String> upper) {
      upper.forEach(this::put);
    }

    private void put(String key, String value) {
      String clean = AttributionValues.clean(value);
      if (clean.isEmpty() || key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
        return;
      }
      Map<String, String> values = copy;
      if (values == null) {
        values = new LinkedHashMap<>(base);
        copy = values;
      }
      if (values.size() < MAX_KEYS || values.containsKey(key)) {
        values.put(key, clean);
      }
    }

    Map<String, String> result() {
      return copy == null ? base : Collections.unmodifiableMap(copy);
    }
  }
}
