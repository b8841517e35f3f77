package io.tokenmeter.otel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps one metric attribute from growing without bound: the first values pass, later new ones
 * become {@value #OTHER}. Values that nobody can mean as a name, because of their length, do so at
 * once. Thread-safe.
 */
final class ValueLimit {
  static final String OTHER = "other";
  private static final int MAX_LENGTH = 128;

  private final int maxValues;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  ValueLimit(int maxValues) {
    this.maxValues = maxValues;
  }

  String bound(String value) {
    if (value.length() > MAX_LENGTH) {
      return OTHER;
    }
    if (seen.contains(value)) {
      return value;
    }
    if (seen.size() >= maxValues) {
      return OTHER;
    }
    seen.add(value);
    return value;
  }
}
