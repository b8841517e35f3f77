package io.tokenmeter.engine.budgets;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What budgets go by: who a call is for, and what it calls. Does not change while it is used. */
@FunctionalInterface
public interface CallKeys {
  /** The value of a key such as {@code team} or {@code model}; null if the call has none. */
  @Nullable String get(String key);

  /** Just these keys. */
  static CallKeys of(Map<String, String> keys) {
    return keys::get;
  }

  /**
   * A call's attribution, with {@code provider}, {@code model} and {@code operation} on top of it.
   */
  static CallKeys of(
      Map<String, String> attribution, String provider, String model, String operation) {
    return new Call(attribution, provider, model, operation);
  }

  /** A view, so that nothing is copied. */
  record Call(Map<String, String> attribution, String provider, String model, String operation)
      implements CallKeys {
    @Override
    public @Nullable String get(String key) {
      return switch (key) {
        case "provider" -> provider;
        case "model" -> model;
        case "operation" -> operation;
        default -> attribution.get(key);
      };
    }
  }
}
