package io.tokenmeter.tokenizers;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values by the start of a model's name, which may stand behind a provider's name or other
 * ornament: {@code gpt-4o} is found in {@code azure/gpt-4o-eu}, {@code ft:gpt-4o:acme::1} and
 * {@code prod-GPT-4o}. Among the places where a word starts the leftmost that has a rule counts;
 * there, the longest rule. Immutable.
 */
final class ModelRules<V> {
  private final Map<String, V> byPrefix;
  private final int longestPrefix;

  ModelRules(Map<String, V> byPrefix) {
    this.byPrefix = new HashMap<>();
    byPrefix.forEach((prefix, value) -> this.byPrefix.put(prefix.toLowerCase(Locale.ROOT), value));
    this.longestPrefix = this.byPrefix.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  Optional<V> find(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    for (int start = 0; start < name.length(); start++) {
      if (start == 0 || !Character.isLetterOrDigit(name.charAt(start - 1))) {
        V found = longestAt(name, start);
        if (found != null) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }

  private @Nullable V longestAt(String name, int start) {
    int longest = Math.min(longestPrefix, name.length() - start);
    for (int length = longest; length > 0; length--) {
      V value = byPrefix.get(name.substring(start, start + length));
      if (value != null) {
        return value;
      }
    }
    return null;
  }
}
