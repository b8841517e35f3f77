package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.LABEL_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;

/**
 * The keys of a spend row as its label. Where they do not fit, the longest values are cut, with an
 * ellipsis: two rows may then look alike.
 */
final class SpendLabel {
  private static final char SEPARATOR = '\u001f';
  private static final String ELLIPSIS = "\u2026";

  private SpendLabel() {}

  /**
   * @param keys values without control characters; empty ones are left out
   */
  static String encode(Map<String, String> keys) {
    Map<String, String> kept = new TreeMap<>();
    keys.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            kept.put(key, value);
          }
        });
    String label = join(kept);
    while (bytes(label) > LABEL_BYTES && cutLongest(kept, bytes(label) - LABEL_BYTES)) {
      label = join(kept);
    }
    return label;
  }

  private static String join(Map<String, String> keys) {
    StringBuilder label = new StringBuilder();
    keys.forEach(
        (key, value) ->
            label
                .append(label.length() == 0 ? "" : SEPARATOR)
                .append(key)
                .append('=')
                .append(value));
    return label.toString();
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static boolean cutLongest(Map<String, String> keys, int excess) {
    String longest = "";
    for (Map.Entry<String, String> entry : keys.entrySet()) {
      if (bytes(entry.getValue()) > bytes(keys.getOrDefault(longest, ""))) {
        longest = entry.getKey();
      }
    }
    String value = keys.getOrDefault(longest, "");
    int kept = value.length() - ELLIPSIS.length() - Math.min(excess + 2, value.length() / 3 + 2);
    if (kept < 1) {
      return false;
    }
    boolean halfCharacter = Character.isHighSurrogate(value.charAt(kept - 1));
    String cut = value.substring(0, halfCharacter ? kept - 1 : kept);
    keys.put(longest, cut + ELLIPSIS);
    return true;
  }

  static Map<String, String> decode(String label) {
    Map<String, String> keys = new TreeMap<>();
    for (String part : label.split(String.valueOf(SEPARATOR), -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        keys.put(part.substring(0, equals), part.substring(equals + 1));
      }
    }
    return keys;
  }
}
