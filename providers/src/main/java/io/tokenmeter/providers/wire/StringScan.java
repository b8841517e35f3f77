package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds the end of a JSON string in a body and says what it means. Reusable, not thread-safe. */
final class StringScan {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * ' ';
  private static final int REPLACEMENT = 0xFFFD;

  private final byte[] body;
  private int start;
  private int end;
  private boolean ascii;
  private boolean escaped;

  StringScan(byte[] body) {
    this.body = body;
  }

  /**
   * Goes over a string, which has to be well-formed.
   *
   * @param from behind its opening quote
   * @return behind its closing quote
   */
  int scan(int from) throws IOException {
    start = from;
    ascii = true;
    escaped = false;
    int i = from;
    while (true) {
      i = plainEnd(i);
      JsonCursor.require(i < body.length);
      byte next = body[i];
      if (next == '"') {
        end = i;
        return i + 1;
      }
      if (next == '\\') {
        escaped = true;
        i = escapeEnd(i);
      } else {
        JsonCursor.require(next < 0);
        ascii = false;
        i = sequenceEnd(i);
      }
    }
  }

  /** The next byte that is no plain ASCII character of a string. */
  private int plainEnd(int from) {
    int i = from;
    int lastWord = body.length - Long.BYTES;
    while (i <= lastWord) {
      long word = (long) LONGS.get(body, i);
      long quote = word ^ QUOTES;
      long backslash = word ^ BACKSLASHES;
      // In each term the lowest bit that is set is right; those above it may not be.
      long found =
          ((quote - ONES) & ~quote
                  | (backslash - ONES) & ~backslash
                  | (word - SPACES) & ~word
                  | word)
              & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
      i += Long.BYTES;
    }
    while (i < body.length && body[i] >= ' ' && body[i] != '"' && body[i] != '\\') {
      i++;
    }
    return i;
  }

  private int escapeEnd(int backslash) throws IOException {
    JsonCursor.require(backslash + 1 < body.length);
    switch (body[backslash + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return backslash + 2;
      }
      case 'u' -> {
        JsonCursor.require(unit(backslash) >= 0);
        ascii = false; // or so it must be assumed
        return backslash + 6;
      }
      default -> throw new JsonCursor.Mismatch();
    }
  }

  /** The code unit that an escape {@code \}{@code u0041} stands for; negative if it is none. */
  private int unit(int backslash) {
    if (backslash + 6 > body.length) {
      return -1;
    }
    int unit = 0;
    for (int i = backslash + 2; i < backslash + 6; i++) {
      int digit = body[i] < 0 ? -1 : Character.digit(body[i], 16);
      unit = digit < 0 || unit < 0 ? -1 : unit << 4 | digit;
    }
    return unit;
  }

  private int sequenceEnd(int lead) throws IOException {
    int first = body[lead] & 0xff;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    JsonCursor.require(first >= 0xC0 && first < 0xF8 && lead + length <= body.length);
    for (int i = lead + 1; i < lead + length; i++) {
      JsonCursor.require((body[i] & 0xC0) == 0x80);
    }
    return lead + length;
  }

  /** What the last string that was gone over means; a lone surrogate in it becomes U+FFFD. */
  String text() {
    return escaped ? unescaped() : new String(body, start, end - start, ascii ? ISO_8859_1 : UTF_8);
  }

  private String unescaped() {
    byte[] utf8 = new byte[end - start]; // no escape is shorter than what it stands for
    int length = 0;
    int i = start;
    while (i < end) {
      int backslash = backslash(i);
      System.arraycopy(body, i, utf8, length, backslash - i);
      length += backslash - i;
      if (backslash == end) {
        break;
      }
      i = backslash + 2;
      byte escape = body[backslash + 1];
      if (escape == 'u') {
        int codePoint = codePoint(backslash);
        i = backslash + (codePoint >= Character.MIN_SUPPLEMENTARY_CODE_POINT ? 12 : 6);
        length = put(utf8, length, codePoint);
      } else {
        utf8[length++] = character(escape);
      }
    }
    return new String(utf8, 0, length, ascii ? ISO_8859_1 : UTF_8);
  }

  private int backslash(int from) {
    int i = plainEnd(from);
    while (i < end && body[i] != '\\') {
      i = plainEnd(i + 1); // from a character that is not ASCII
    }
    return i;
  }

  private int codePoint(int backslash) {
    char unit = (char) unit(backslash);
    if (!Character.isSurrogate(unit)) {
      return unit;
    }
    boolean followed =
        Character.isHighSurrogate(unit)
            && backslash + 12 <= end
            && body[backslash + 6] == '\\'
            && body[backslash + 7] == 'u';
    char second = followed ? (char) unit(backslash + 6) : 0;
    return Character.isLowSurrogate(second) ? Character.toCodePoint(unit, second) : REPLACEMENT;
  }

  private static byte character(byte escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escape;
    };
  }

  private static int put(byte[] utf8, int at, int codePoint) {
    int next = at;
    if (codePoint < 0x80) {
      utf8[next++] = (byte) codePoint;
      return next;
    }
    if (codePoint < 0x800) {
      utf8[next++] = (byte) (0xC0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        utf8[next++] = (byte) (0xE0 | codePoint >> 12);
      } else {
        utf8[next++] = (byte) (0xF0 | codePoint >> 18);
        utf8[next++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
      }
      utf8[next++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
    }
    utf8[next++] = (byte) (0x80 | codePoint & 0x3F);
    return next;
  }
}
