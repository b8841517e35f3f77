package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a JSON document (RFC 8259) in memory, token by token. It takes what Jackson takes, but
 * knows where in the body each value stands, and copies a string only when it is asked for: of a
 * long prompt that is most of the work. Not thread-safe.
 */
final class BodyParser {
  /** Requests are read by recursion, on a stack that is the application's. */
  private static final int MAX_DEPTH = 200;

  private static final int MAX_NUMBER_LENGTH = 1000;
  private static final int MAX_NAME_LENGTH = 50_000;

  private final byte[] body;
  private final StringScan string;
  private boolean[] inObject = new boolean[16];
  private int depth;

  /** Behind the current token. */
  private int at;

  private int tokenStart;
  private @Nullable JsonToken token;
  private String name = "";

  BodyParser(byte[] body) {
    this.body = body;
    this.string = new StringScan(body);
    if (body.length >= 3
        && body[0] == (byte) 0xEF
        && body[1] == (byte) 0xBB
        && body[2] == (byte) 0xBF) {
      at = 3; // a byte order mark
    }
  }

  /** Null before the first token and behind the last one. */
  @Nullable JsonToken currentToken() {
    return token;
  }

  /** The name of the field whose value is at hand, or about to come. */
  String currentName() {
    return name;
  }

  /** Where in the body the current token begins. */
  int tokenStart() {
    return tokenStart;
  }

  /** Where in the body the current token has ended. */
  int tokenEnd() {
    return at;
  }

  /**
   * Goes on to the next token.
   *
   * @return null behind the end of the document
   * @throws IOException if there is something else
   */
  @Nullable JsonToken nextToken() throws IOException {
    boolean first = token == null || token.isStructStart();
    boolean afterName = token == JsonToken.FIELD_NAME;
    int next = nextByte();
    if (depth == 0) {
      if (token != null) {
        JsonCursor.require(next < 0);
        token = null;
        return null;
      }
      return next < 0 ? null : (token = value(next));
    }
    boolean object = inObject[depth - 1];
    if (next == (object ? '}' : ']') && !afterName) {
      at++;
      depth--;
      return token = object ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
    }
    if (afterName) {
      JsonCursor.require(next == ':');
      at++;
      return token = value(nextByte());
    }
    if (!first) {
      JsonCursor.require(next == ',');
      at++;
      next = nextByte();
    }
    return token = object ? name(next) : value(next);
  }

  /** The next byte that is no white space, which becomes the token's start; -1 for none. */
  private int nextByte() {
    int i = at;
    while (i < body.length
        && (body[i] == ' ' || body[i] == '\n' || body[i] == '\r' || body[i] == '\t')) {
      i++;
    }
    at = i;
    tokenStart = i;
    return i < body.length ? body[i] & 0xff : -1;
  }

  private JsonToken name(int first) throws IOException {
    JsonCursor.require(first == '"');
    at = string.scan(at + 1);
    JsonCursor.require(at - tokenStart <= MAX_NAME_LENGTH);
    name = string.text();
    return JsonToken.FIELD_NAME;
  }

  private JsonToken value(int first) throws IOException {
    switch (first) {
      case '"' -> {
        at = string.scan(at + 1);
        return JsonToken.VALUE_STRING;
      }
      case '{' -> {
        return open(true);
      }
      case '[' -> {
        return open(false);
      }
      case 't' -> {
        return literal("true", JsonToken.VALUE_TRUE);
      }
      case 'f' -> {
        return literal("false", JsonToken.VALUE_FALSE);
      }
      case 'n' -> {
        return literal("null", JsonToken.VALUE_NULL);
      }
      default -> {
        return number();
      }
    }
  }

  private JsonToken open(boolean object) throws IOException {
    JsonCursor.require(depth < MAX_DEPTH);
    if (depth == inObject.length) {
      inObject = Arrays.copyOf(inObject, MAX_DEPTH);
    }
    inObject[depth++] = object;
    at++;
    return object ? JsonToken.START_OBJECT : JsonToken.START_ARRAY;
  }

  private JsonToken literal(String word, JsonToken meaning) throws IOException {
    JsonCursor.require(at + word.length() <= body.length);
    for (int i = 0; i < word.length(); i++) {
      JsonCursor.require(body[at + i] == word.charAt(i));
    }
    at += word.length();
    return meaning;
  }

  private JsonToken number() throws IOException {
    int i = at;
    if (i < body.length && body[i] == '-') {
      i++;
    }
    int whole = i;
    i = digitsEnd(i);
    JsonCursor.require(i == whole + 1 || body[whole] != '0');
    boolean integer = true;
    if (i < body.length && body[i] == '.') {
      integer = false;
      i = digitsEnd(i + 1);
    }
    if (i < body.length && (body[i] == 'e' || body[i] == 'E')) {
      integer = false;
      i++;
      i = digitsEnd(i < body.length && (body[i] == '+' || body[i] == '-') ? i + 1 : i);
    }
    JsonCursor.require(i - at <= MAX_NUMBER_LENGTH);
    at = i;
    return integer ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
  }

  private int digitsEnd(int from) throws IOException {
    int i = from;
    while (i < body.length && body[i] >= '0' && body[i] <= '9') {
      i++;
    }
    JsonCursor.require(i > from);
    return i;
  }

  /** Goes on to the end of the object or array that has begun. */
  void skipChildren() throws IOException {
    int outer = depth - 1;
    while (depth > outer) {
      nextToken();
    }
  }

  /** The string that the current token is. */
  String text() {
    return string.text();
  }

  /**
   * The number that the current token is, without its fraction.
   *
   * @throws IOException if a long cannot hold it
   */
  long longValue() throws IOException {
    String digits = new String(body, tokenStart, at - tokenStart, ISO_8859_1);
    if (token == JsonToken.VALUE_NUMBER_INT) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException tooLarge) {
        throw new JsonCursor.Mismatch();
      }
    }
    double value = Double.parseDouble(digits);
    JsonCursor.require(value >= Long.MIN_VALUE && value <= Long.MAX_VALUE);
    return (long) value;
  }
}
