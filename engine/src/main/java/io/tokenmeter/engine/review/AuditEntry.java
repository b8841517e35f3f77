package io.tokenmeter.engine.review;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the audit file. Immutable.
 *
 * @param number counts the entries from 1
 * @param time when it was written
 * @param kind what happened
 * @param fields what else is known, by name
 */
public record AuditEntry(long number, Instant time, Kind kind, Map<String, String> fields) {
  private static final String SCOPE_PREFIX = "scope.";

  public AuditEntry {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** What happened. */
  public enum Kind {
    /** Somebody asked for an override. */
    REQUEST,
    /** Somebody else approved a request: the override begins. */
    APPROVE,
    /** A request was turned down. */
    REJECT,
    /** An override without approval, in an emergency. */
    OVERRIDE,
    /** An override or a grant was ended, or a request withdrawn. */
    REVOKE,
    /** A credit was given. */
    GRANT,
    /** A budget of a configuration was seen for the first time. */
    BUDGET
  }

  /** A field's value; empty where there is none. */
  public String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /** Whose rows of a split budget are meant; empty for all. */
  Map<String, String> scope() {
    Map<String, String> scope = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (name.startsWith(SCOPE_PREFIX)) {
            scope.put(name.substring(SCOPE_PREFIX.length()), value);
          }
        });
    return scope;
  }

  static void putScope(Map<String, String> fields, Map<String, String> scope) {
    scope.forEach((key, value) -> fields.put(SCOPE_PREFIX + key, value));
  }
}
