package io.tokenmeter.engine;

import io.tokenmeter.api.Budget;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.api.spi.Protocol;
import io.tokenmeter.engine.attribution.AttributionValues;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API and the engine hand each other, as the maps of {@link Protocol}: the two may come
 * from different class loaders, and different versions.
 */
final class ApiValues {
  private static final int MAX_KEY_LENGTH = 64;

  /** So many tokens of a class can be added up safely, and no call has them. */
  private static final long MOST_TOKENS = 1L << 53;

  private ApiValues() {}

  /** Token counts by the labels of their classes; what is no count is left out. */
  static Usage usage(@Nullable Object counts) {
    Usage.Builder usage = Usage.builder();
    if (counts instanceof Map<?, ?> map) {
      for (TokenClass tokenClass : TokenClass.values()) {
        if (map.get(tokenClass.label()) instanceof Long count && count >= 0) {
          usage.tokens(tokenClass, Math.min(count, MOST_TOKENS));
        }
      }
    }
    return usage.build();
  }

  /** What becomes the exception of the caller. */
  static Map<String, Object> refusal(Ruling.Stop stop) {
    Map<String, Object> row = new LinkedHashMap<>();
    @Nullable Budget budget = stop.budget();
    if (budget == null) {
      row.put(Protocol.NAME, stop.budgetName());
      row.put(Protocol.UNIT, "usd");
      row.put(Protocol.MODE, "hard");
    } else {
      row.putAll(row(budget));
    }
    row.put(Protocol.REQUESTED, stop.requested());
    row.put(Protocol.MESSAGE, stop.message());
    return row;
  }

  /** A budget as it stands. */
  static Map<String, Object> row(Budget budget) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put(Protocol.NAME, budget.name());
    row.put(Protocol.SCOPE, budget.scope());
    row.put(Protocol.UNIT, budget.unit().name().toLowerCase(Locale.ROOT));
    row.put(Protocol.MODE, budget.hard() ? "hard" : "observe");
    row.put(Protocol.WINDOW, budget.window());
    row.put(Protocol.LIMIT, budget.limit());
    row.put(Protocol.USED, budget.used());
    row.put(Protocol.RESERVED, budget.reserved());
    row.put(Protocol.REMAINING, budget.remaining());
    row.put(Protocol.RESETS_AT, budget.resetsAt().toEpochMilli());
    return row;
  }

  /** A text argument; empty if there is none. */
  static String text(Map<String, Object> arguments, String key) {
    return arguments.get(key) instanceof String text ? text : "";
  }

  /** What the code states of who pays; what is no such name or value is left out. */
  static Map<String, String> attribution(@Nullable Object value) {
    Map<String, String> strings = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, entry) -> {
            if (key instanceof String name && entry instanceof String text) {
              String clean = AttributionValues.clean(text);
              if (!clean.isEmpty() && !name.isEmpty() && name.length() <= MAX_KEY_LENGTH) {
                strings.put(name, clean);
              }
            }
          });
    }
    return strings;
  }
}
