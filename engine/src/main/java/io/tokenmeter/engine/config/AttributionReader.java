package io.tokenmeter.engine.config;

import io.tokenmeter.engine.attribution.ApiKeyFingerprint;
import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.config.Configuration.ApiKeyOwner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads who pays: {@code attribution} and {@code api-keys}. */
final class AttributionReader {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  static final String KEY_EXPECTED =
      "expected an attribution key such as team: letters, digits, dots, dashes and underscores, at"
          + " most 64";
  private static final Set<String> KNOWN_OF_THE_CALL = Set.of("provider", "model");

  private AttributionReader() {}

  /** Attribution keys with their values: all keys of a table that are not yet read. */
  static Map<String, String> pairs(Section section) {
    return section.rest(AttributionReader::pair);
  }

  private static Optional<String> pair(Section section, String key) {
    if (KNOWN_OF_THE_CALL.contains(key)) {
      section.error(key, "cannot be set; it is known from the call");
      return Optional.empty();
    }
    if (!isKey(key)) {
      section.error(key, KEY_EXPECTED);
      return Optional.empty();
    }
    return section.optional(key, Values.text("a value", AttributionValues.MAX_VALUE_LENGTH));
  }

  static boolean isKey(String text) {
    return KEY.matcher(text).matches();
  }

  /** An attribution key. */
  static String key(String text) {
    if (!isKey(text)) {
      throw new IllegalArgumentException(KEY_EXPECTED);
    }
    return text;
  }

  static List<ApiKeyOwner> owners(Section root) {
    List<ApiKeyOwner> owners = new ArrayList<>();
    Map<String, Place> known = new HashMap<>();
    for (Section section : root.items("api-keys", "a fingerprint with attribution keys")) {
      if (!section.has("fingerprint")) {
        section.error("an API key needs its fingerprint");
      }
      // Somebody may have put the key itself here: it is not repeated.
      Optional<String> fingerprint = section.secret("fingerprint", AttributionReader::fingerprint);
      Map<String, String> pairs = pairs(section);
      if (pairs.isEmpty()) {
        section.error("an API key needs an attribution key such as team");
      }
      fingerprint.ifPresent(
          text -> {
            Place before = known.putIfAbsent(text, section.place("fingerprint"));
            if (before != null) {
              section.error("fingerprint", "stands here a second time; first at " + before);
            }
            owners.add(new ApiKeyOwner(text, pairs));
          });
    }
    return List.copyOf(owners);
  }

  private static String fingerprint(String text) {
    if (!ApiKeyFingerprint.isFingerprint(text)) {
      throw new IllegalArgumentException(
          "expected the 16 hexadecimal digits that 'java -jar tokenmeter.jar fingerprint' prints"
              + " for the key, never the key itself");
    }
    return text;
  }
}
