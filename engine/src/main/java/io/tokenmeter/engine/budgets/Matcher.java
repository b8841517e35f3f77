package io.tokenmeter.engine.budgets;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a call has the values that a rule asks for. */
final class Matcher {
  private final String[] keys;
  private final String[] values;
  private final boolean[] prefix;

  Matcher(Map<String, String> match) {
    keys = match.keySet().toArray(new String[0]);
    values = new String[keys.length];
    prefix = new boolean[keys.length];
    for (int i = 0; i < keys.length; i++) {
      String value = match.getOrDefault(keys[i], "");
      prefix[i] = value.endsWith("*");
      values[i] = prefix[i] ? value.substring(0, value.length() - 1) : value;
    }
  }

  boolean matches(CallKeys call) {
    for (int i = 0; i < keys.length; i++) {
      @Nullable String value = call.get(keys[i]);
      if (value == null || !(prefix[i] ? value.startsWith(values[i]) : value.equals(values[i]))) {
        return false;
      }
    }
    return true;
  }
}
