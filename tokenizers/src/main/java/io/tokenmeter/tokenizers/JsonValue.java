package io.tokenmeter.tokenizers;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that knows where it stands, so that whoever does not find in it what was expected
 * can say so.
 *
 * @param source where the JSON is from
 * @param path of the value within it
 * @param value a map, a list, a string, a boolean, a {@link JsonReader.Number}, or null
 */
record JsonValue(String source, String path, @Nullable Object value) {
  private static final int LONGEST_SHOWN = 200;

  boolean isNull() {
    return value == null;
  }

  /** The member of that name; null if there is none, or it is null. */
  @Nullable JsonValue member(String name) {
    JsonValue member = members().get(name);
    return member == null || member.isNull() ? null : member;
  }

  /** The member of that name, which must be there. */
  JsonValue required(String name) {
    JsonValue member = member(name);
    if (member == null) {
      throw error("needs a value for '" + name + "'");
    }
    return member;
  }

  @SuppressWarnings("unchecked")
  Map<String, JsonValue> members() {
    if (value instanceof Map<?, ?> members) {
      return (Map<String, JsonValue>) members;
    }
    throw error("expected an object, but was " + shown());
  }

  @SuppressWarnings("unchecked")
  List<JsonValue> items() {
    if (value instanceof List<?> items) {
      return (List<JsonValue>) items;
    }
    throw error("expected an array, but was " + shown());
  }

  String text() {
    if (value instanceof String text) {
      return text;
    }
    throw error("expected a string, but was " + shown());
  }

  /** A whole number of at most nine digits. */
  int wholeNumber() {
    if (value instanceof JsonReader.Number number && number.text().matches("\\d{1,9}")) {
      return Integer.parseInt(number.text());
    }
    throw error("expected a whole number, but was " + shown());
  }

  /** The text of a member, which must be there. */
  String text(String name) {
    return required(name).text();
  }

  /** A member that is true or false, and what it is if it is not there. */
  boolean flag(String name, boolean otherwise) {
    JsonValue member = member(name);
    if (member == null) {
      return otherwise;
    }
    if (member.value instanceof Boolean flag) {
      return flag;
    }
    throw member.error("expected true or false, but was " + member.shown());
  }

  /** The {@code type} of a component. */
  String type() {
    return text("type");
  }

  /** Refuses members that are not among these, unless they are null. */
  void allow(String... names) {
    Set<String> allowed = Set.of(names);
    members()
        .forEach(
            (name, member) -> {
              if (!member.isNull() && !allowed.contains(name)) {
                throw member.error("this option is not supported; expected " + allowed);
              }
            });
  }

  IllegalArgumentException error(String message) {
    return new IllegalArgumentException(source + ", " + path + ": " + message);
  }

  /** The value, shortened, for an error. */
  String shown() {
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    if (value instanceof JsonReader.Number number) {
      return number.text();
    }
    if (value instanceof String text) {
      return "'" + (text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN)) + "'";
    }
    return String.valueOf(value);
  }
}
