package io.tokenmeter.tokenizers;

/**
 * Text as well-formed UTF-8, appended at the end and consumed at the start. What is no text (a lone
 * surrogate, a malformed sequence) becomes U+FFFD. Reusable, not thread-safe.
 */
final class Utf8Buffer {
  private static final int CHUNK = 1024;
  private static final int INITIAL = 4096;

  private static final int REPLACEMENT = 0xFFFD;

  /** No char takes more bytes; a surrogate pair takes four. */
  private static final int MOST_BYTES_A_CHAR = 3;

  private final char[] chars = new char[CHUNK];
  private byte[] bytes = new byte[INITIAL + Longs.PADDING];
  private int start;
  private int end;

  /** The first half of a surrogate pair whose second half is yet to come, or 0. */
  private char pendingHigh;

  /** The text is between {@link #start()} and {@link #end()}. */
  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int length() {
    return end - start;
  }

  /** Consumes everything before that index. */
  void startAt(int index) {
    start = index;
  }

  /** Takes over that a surrogate pair is begun; the text itself was consumed. */
  void copyFrom(Utf8Buffer other) {
    clear();
    pendingHigh = other.pendingHigh;
  }

  void clear() {
    start = 0;
    end = 0;
    pendingHigh = 0;
    if (bytes.length > 4 * INITIAL) {
      bytes = new byte[INITIAL + Longs.PADDING];
    }
  }

  /**
   * Appends some of the chars from {@code from} on and returns how many. A high surrogate at the
   * end waits for its other half.
   */
  int append(CharSequence text, int from) {
    int count = Math.min(CHUNK, text.length() - from);
    copyChars(text, from, count);
    appendChars(count);
    return count;
  }

  private void copyChars(CharSequence text, int from, int count) {
    if (text instanceof String string) {
      string.getChars(from, from + count, chars, 0);
    } else if (text instanceof StringBuilder builder) {
      builder.getChars(from, from + count, chars, 0);
    } else {
      for (int i = 0; i < count; i++) {
        chars[i] = text.charAt(from + i);
      }
    }
  }

  private void appendChars(int count) {
    ensureRoom(MOST_BYTES_A_CHAR * (count + 1));
    char[] chars = this.chars;
    byte[] target = bytes;
    int at = end;
    int i = 0;
    while (i < count) {
      if (pendingHigh == 0) {
        while (i < count && chars[i] < 0x80) {
          target[at++] = (byte) chars[i++];
        }
        while (i + 4 <= count && (chars[i] | chars[i + 1] | chars[i + 2] | chars[i + 3]) < 0x800) {
          at = putFourShort(target, at, chars, i);
          i += 4;
        }
        while (i < count && chars[i] < 0x800) {
          at = putShort(target, at, chars[i++]);
        }
        while (i < count && chars[i] >= 0x800 && !Character.isSurrogate(chars[i])) {
          at = put(target, at, chars[i++]);
        }
      }
      if (i < count && (pendingHigh != 0 || Character.isSurrogate(chars[i]))) {
        at = appendAroundSurrogate(at, chars[i++]);
      }
    }
    end = at;
  }

  /** Appends a char that is half of a pair, or behind the first half of one. */
  private int appendAroundSurrogate(int index, char c) {
    int at = index;
    if (pendingHigh != 0) {
      int codePoint =
          Character.isLowSurrogate(c) ? Character.toCodePoint(pendingHigh, c) : REPLACEMENT;
      pendingHigh = 0;
      at = put(bytes, at, codePoint);
      if (codePoint != REPLACEMENT) {
        return at;
      }
    }
    if (Character.isHighSurrogate(c)) {
      pendingHigh = c;
      return at;
    }
    return c < 0x800
        ? putShort(bytes, at, c)
        : put(bytes, at, Character.isLowSurrogate(c) ? REPLACEMENT : c);
  }

  /**
   * Puts one or two bytes for each of four chars without a branch: text in Greek or Cyrillic is
   * full of spaces.
   */
  private static int putFourShort(byte[] target, int at, char[] chars, int from) {
    int second = Byte.SIZE * width(chars[from]);
    int third = second + Byte.SIZE * width(chars[from + 1]);
    int fourth = third + Byte.SIZE * width(chars[from + 2]);
    long bytes =
        encoded(chars[from])
            | encoded(chars[from + 1]) << second
            | encoded(chars[from + 2]) << third
            | encoded(chars[from + 3]) << fourth;
    Longs.put(target, at, bytes);
    return at + fourth / Byte.SIZE + width(chars[from + 3]);
  }

  private static int putShort(byte[] target, int at, char c) {
    long bytes = encoded(c);
    target[at] = (byte) bytes;
    target[at + 1] = (byte) (bytes >>> Byte.SIZE);
    return at + width(c);
  }

  /** 1 or 2. */
  private static int width(char c) {
    return 1 + (0x7F - c >>> 31);
  }

  /** One or two bytes, the first one lowest. */
  private static long encoded(char c) {
    int two = 0x80C0 | c >> 6 | (c & 0x3F) << Byte.SIZE;
    return c ^ (c ^ two) & 0x7F - c >> 31;
  }

  /** Whether half a surrogate pair waits. */
  boolean isInsidePair() {
    return pendingHigh != 0;
  }

  /** Puts U+FFFD where half a surrogate pair waits, which goes on waiting. */
  void appendReplacementForPair() {
    ensureRoom(MOST_BYTES_A_CHAR);
    end = put(bytes, end, REPLACEMENT);
  }

  /** Drops what was appended behind that index. */
  void endAt(int index) {
    end = index;
  }

  /**
   * Appends some of the bytes and returns how many. Malformed sequences are replaced as {@link
   * String} does it.
   */
  int append(byte[] utf8, int from, int to) {
    int stop = Math.min(to, from + CHUNK);
    ensureRoom(MOST_BYTES_A_CHAR * (CHUNK + 1));
    int at = from;
    while (at < stop) {
      if (utf8[at] >= 0) {
        bytes[end++] = utf8[at++];
      } else {
        at += appendSequence(utf8, at, to);
      }
    }
    return at - from;
  }

  private int appendSequence(byte[] utf8, int from, int to) {
    int lead = utf8[from] & 0xFF;
    int width = sequenceLength(lead);
    int found = 1;
    while (found < width && from + found < to && continues(lead, found, utf8[from + found])) {
      found++;
    }
    boolean surrogate = lead == 0xED && found == width && (utf8[from + 1] & 0x20) != 0;
    if (width > 1 && found == width && !surrogate) {
      System.arraycopy(utf8, from, bytes, end, width);
      end += width;
    } else {
      end = put(bytes, end, REPLACEMENT);
    }
    return found;
  }

  /** 1 for a byte that cannot lead a sequence. */
  private static int sequenceLength(int lead) {
    if (lead < 0xC2 || lead > 0xF4) {
      return 1;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  }

  /** The second byte is restricted where the sequence would be overlong or beyond Unicode. */
  private static boolean continues(int lead, int index, byte next) {
    int value = next & 0xFF;
    if (value < 0x80 || value > 0xBF) {
      return false;
    }
    if (index > 1) {
      return true;
    }
    return switch (lead) {
      case 0xE0 -> value >= 0xA0;
      case 0xF0 -> value >= 0x90;
      case 0xF4 -> value < 0x90;
      default -> true;
    };
  }

  private static int put(byte[] target, int at, int codePoint) {
    if (codePoint < 0x800) {
      target[at] = (byte) (0xC0 | codePoint >> 6);
      target[at + 1] = last(codePoint);
      return at + 2;
    }
    if (codePoint < 0x10000) {
      target[at] = (byte) (0xE0 | codePoint >> 12);
      target[at + 1] = last(codePoint >> 6);
      target[at + 2] = last(codePoint);
      return at + 3;
    }
    target[at] = (byte) (0xF0 | codePoint >> 18);
    target[at + 1] = last(codePoint >> 12);
    target[at + 2] = last(codePoint >> 6);
    target[at + 3] = last(codePoint);
    return at + 4;
  }

  private static byte last(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  /** Moves the text to the front, and only if that is not enough grows. */
  private void ensureRoom(int more) {
    if (end + more + Longs.PADDING <= bytes.length) {
      return;
    }
    byte[] target = bytes;
    if (length() + more + Longs.PADDING > bytes.length) {
      long wanted = Math.max(2L * bytes.length, (long) length() + more + Longs.PADDING);
      target = new byte[(int) Math.min(wanted, Integer.MAX_VALUE - 16)];
    }
    System.arraycopy(bytes, start, target, 0, length());
    bytes = target;
    end -= start;
    start = 0;
  }
}
