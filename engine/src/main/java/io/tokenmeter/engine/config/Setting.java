package io.tokenmeter.engine.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node of what the user wrote, with its place. */
sealed interface Setting {
  Place place();

  /**
   * @param text as written, without quotes; empty where a key has no value
   */
  record Scalar(String text, Place place) implements Setting {}

  record Items(List<Setting> items, Place place) implements Setting {}

  /**
   * @param entries in the file's order; changed only while properties and variables are laid over
   */
  record Table(Map<String, Setting> entries, Place place) implements Setting {
    static Table empty(Place place) {
      return new Table(new LinkedHashMap<>(), place);
    }
  }
}
