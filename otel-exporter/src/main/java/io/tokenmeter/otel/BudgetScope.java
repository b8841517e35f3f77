package io.tokenmeter.otel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A budget row's scope as a metric may carry it: {@code team=search,user=ann} becomes {@code
 * team=search,user=*}, for only a few attribution keys may become metric attributes. A part that a
 * long scope was cut off in is left out.
 */
final class BudgetScope {
  /** Keys that are no attribution, but that budgets match and split by. */
  private static final Set<String> MODEL_KEYS = Set.of("provider", "model");

  private BudgetScope() {}

  static String masked(String scope) {
    if (scope.isEmpty()) {
      return scope;
    }
    List<String> parts = new ArrayList<>();
    for (String part : scope.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? "" : part.substring(0, equals).trim();
      if (SemanticConventions.METRIC_ATTRIBUTION.contains(key) || MODEL_KEYS.contains(key)) {
        parts.add(part.trim());
      } else if (!key.isEmpty()) {
        parts.add(key + "=*");
      }
    }
    return String.join(",", parts);
  }
}
