package io.tokenmeter.engine.review;

import java.util.Map;

/**
 * Who does something.
 *
 * @param name who they say they are; the operating system's user where they say nothing
 * @param osUser the operating system's user
 */
public record Person(String name, String osUser) {
  /** Whether the name is no more than a claim. */
  public boolean claimed() {
    return !name.equals(osUser);
  }

  void putInto(Map<String, String> fields) {
    fields.put("by", name);
    fields.put("os_user", osUser);
    if (claimed()) {
      fields.put("claimed", "true");
    }
  }
}
