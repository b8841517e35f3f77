package io.tokenmeter.tokenizers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON strictly (RFC 8259) and from the start to the end, without building what is not asked
 * for. An error names the source, the path of the value, the line and what was expected.
 */
final class JsonReader {
  private static final int DEEPEST = 64;

  /** Values that {@link #value} builds in one piece. No description of a component has more. */
  private static final int MOST_VALUES = 20_000;

  private final String source;
  private final String text;
  private final List<Object> path = new ArrayList<>();
  private int at;
  private int values;

  /**
   * @param source where the text is from, for errors
   */
  JsonReader(String source, String text) {
    this.source = source;
    this.text = text;
  }

  /** What reads one member of an object, or one item of an array. */
  interface Part<K> {
    void read(K key);
  }

  /** Reads an object, member by member: each must be read, or skipped, in its turn. */
  void object(Part<String> member) {
    expect('{', "an object");
    if (accept('}')) {
      return;
    }
    enter("");
    do {
      path.set(path.size() - 1, "?");
      skipSpace();
      String key = string();
      path.set(path.size() - 1, key);
      expect(':', "a ':'");
      member.read(key);
    } while (accept(','));
    path.remove(path.size() - 1);
    expect('}', "a ',' or '}'");
  }

  /** Reads an array, item by item: each must be read, or skipped, in its turn. */
  void array(Part<Integer> item) {
    expect('[', "an array");
    if (accept(']')) {
      return;
    }
    enter(0);
    int index = 0;
    do {
      path.set(path.size() - 1, index);
      item.read(index++);
    } while (accept(','));
    path.remove(path.size() - 1);
    expect(']', "a ',' or ']'");
  }

  private void enter(Object step) {
    if (path.size() == DEEPEST) {
      throw error("nested more than " + DEEPEST + " levels deep");
    }
    path.add(step);
  }

  /** Reads any value of modest size. */
  JsonValue value() {
    if (++values > MOST_VALUES) {
      throw error("more than " + MOST_VALUES + " values; expected the description of a component");
    }
    String where = path();
    skipSpace();
    Object value =
        switch (peek()) {
          case '{' -> members();
          case '[' -> {
            List<JsonValue> items = new ArrayList<>();
            array(index -> items.add(value()));
            yield items;
          }
          case '"' -> string();
          default -> literal();
        };
    return new JsonValue(source, where, value == NULL ? null : value);
  }

  private Map<String, JsonValue> members() {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    object(
        key -> {
          if (members.put(key, value()) != null) {
            throw error("there twice");
          }
        });
    return members;
  }

  /** Forgets how many values were built: the limit is one for each component. */
  void beginComponent() {
    values = 0;
  }

  /** An object that was read member by member at this place. */
  JsonValue here(Map<String, JsonValue> members) {
    return new JsonValue(source, path(), members);
  }

  /** Checks a value and forgets it. */
  void skip() {
    skipSpace();
    switch (peek()) {
      case '{' -> object(key -> skip());
      case '[' -> array(index -> skip());
      case '"' -> string();
      default -> literal();
    }
  }

  /** Where the next value begins, for {@link #reader}. */
  int position() {
    skipSpace();
    return at;
  }

  /** A reader of the value that begins at an earlier {@link #position}. */
  JsonReader reader(int position, String pathThere) {
    JsonReader reader = new JsonReader(source, text);
    reader.at = position;
    reader.path.add(pathThere);
    return reader;
  }

  /** What the next value is, by its first character. */
  char peek() {
    skipSpace();
    return at < text.length() ? text.charAt(at) : '\0';
  }

  void end() {
    skipSpace();
    if (at < text.length()) {
      throw error("more text behind the end of the JSON");
    }
  }

  String string() {
    skipSpace();
    if (peek() != '"') {
      throw error("expected a string");
    }
    at++;
    int start = at;
    while (at < text.length() && isPlain(text.charAt(at))) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(start, at++);
    }
    return stringWithEscapes(start);
  }

  private static boolean isPlain(char c) {
    return c != '"' && c != '\\' && c >= ' ';
  }

  private String stringWithEscapes(int start) {
    StringBuilder string = new StringBuilder();
    at = start;
    while (true) {
      if (at >= text.length()) {
        throw error("a string without an end");
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        throw error("a control character in a string");
      }
      if (c == '\\') {
        escape(string);
      } else {
        string.append(c);
      }
    }
  }

  private void escape(StringBuilder string) {
    char c = at < text.length() ? text.charAt(at++) : '\0';
    switch (c) {
      case '"', '\\', '/' -> string.append(c);
      case 'b' -> string.append('\b');
      case 'f' -> string.append('\f');
      case 'n' -> string.append('\n');
      case 'r' -> string.append('\r');
      case 't' -> string.append('\t');
      case 'u' -> {
        char unit = hexEscape();
        string.append(unit);
        if (Character.isHighSurrogate(unit)) {
          boolean pair = text.startsWith("\\u", at);
          at += pair ? 2 : 0;
          char low = pair ? hexEscape() : '\0';
          if (!Character.isLowSurrogate(low)) {
            throw error("half a surrogate pair in a string");
          }
          string.append(low);
        } else if (Character.isLowSurrogate(unit)) {
          throw error("half a surrogate pair in a string");
        }
      }
      default -> throw error("an unknown escape in a string");
    }
  }

  private char hexEscape() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      char c = at < text.length() ? text.charAt(at++) : '\0';
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw error("expected four hexadecimal digits after \\u");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private static final Object NULL = new Object();

  /**
   * @param text as it is written
   */
  record Number(String text) {}

  private Object literal() {
    int start = at;
    while (at < text.length() && ",]}: \t\r\n\"[{".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return switch (at - start > 64 ? "" : text.substring(start, at)) {
      case "null" -> NULL;
      case "true" -> true;
      case "false" -> false;
      default -> number(start);
    };
  }

  private Number number(int start) {
    int i = start;
    if (i < at && text.charAt(i) == '-') {
      i++;
    }
    int digits = digitsEnd(i);
    boolean valid = digits > i && (digits == i + 1 || text.charAt(i) != '0');
    i = digits;
    if (valid && i < at && text.charAt(i) == '.') {
      digits = digitsEnd(i + 1);
      valid = digits > i + 1;
      i = digits;
    }
    if (valid && i < at && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i += i + 1 < at && "+-".indexOf(text.charAt(i + 1)) >= 0 ? 2 : 1;
      digits = digitsEnd(i);
      valid = digits > i;
      i = digits;
    }
    if (!valid || i != at) {
      throw error("expected a JSON value");
    }
    return new Number(text.substring(start, Math.min(at, start + 64)));
  }

  private int digitsEnd(int from) {
    int i = from;
    while (i < at && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** A whole number from 0 to {@code most}. */
  int wholeNumber(int most) {
    JsonValue value = new JsonValue(source, "", literalAt());
    if (value.value() instanceof Number number && number.text().matches("\\d{1,9}")) {
      int parsed = Integer.parseInt(number.text());
      if (parsed <= most) {
        return parsed;
      }
    }
    throw error("expected a whole number from 0 to " + most);
  }

  private @Nullable Object literalAt() {
    char c = peek();
    return c == '"' || c == '{' || c == '[' ? null : literal();
  }

  private boolean accept(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char c, String what) {
    if (!accept(c)) {
      throw error("expected " + what + (at >= text.length() ? ", but the text ends" : ""));
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** An error at the place that was read last. */
  IllegalArgumentException error(String message) {
    long line =
        1 + text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
    return new IllegalArgumentException(source + ", line " + line + ", " + path() + ": " + message);
  }

  private String path() {
    StringBuilder written = new StringBuilder("$");
    for (Object step : path) {
      if (step instanceof Integer) {
        written.append('[').append(step).append(']');
      } else {
        String name = (String) step;
        written.append('.').append(name, 0, Math.min(name.length(), 64));
      }
    }
    return written.toString();
  }
}
