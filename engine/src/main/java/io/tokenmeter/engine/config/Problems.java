package io.tokenmeter.engine.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What reading a configuration brought to light beside the settings themselves. */
final class Problems {
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> origins = new LinkedHashMap<>();

  void error(Place place, String path, String message) {
    errors.add(line(place, path, message));
  }

  void warning(Place place, String path, String message) {
    warnings.add(line(place, path, message));
  }

  private static String line(Place place, String path, String message) {
    return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }

  void origin(String path, Place place) {
    origins.put(path, place.toString());
  }

  boolean hasErrors() {
    return !errors.isEmpty();
  }

  /** All errors in one text: a single one as it is, several under a heading. */
  String message() {
    return errors.size() == 1
        ? errors.get(0)
        : errors.size() + " errors in the configuration:\n  " + String.join("\n  ", errors);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Where each setting that is not a default was found. */
  Map<String, String> origins() {
    return origins;
  }
}
