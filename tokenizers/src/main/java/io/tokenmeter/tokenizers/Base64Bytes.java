package io.tokenmeter.tokenizers;

/** Single bytes out of Base64 text, by index, without decoding the rest. */
final class Base64Bytes {
  private static final String DATA_URL = "data:";
  private static final int LONGEST_HEADER = 256;

  private final CharSequence text;
  private final int start;

  private Base64Bytes(CharSequence text, int start) {
    this.text = text;
    this.start = start;
  }

  /** Text in Base64, behind a data URL's header or not. */
  static Base64Bytes of(CharSequence text) {
    return new Base64Bytes(text, endOfHeader(text));
  }

  private static int endOfHeader(CharSequence text) {
    int length = Math.min(text.length(), LONGEST_HEADER);
    for (int i = 0; i < DATA_URL.length(); i++) {
      if (i >= length || Character.toLowerCase(text.charAt(i)) != DATA_URL.charAt(i)) {
        return 0;
      }
    }
    for (int i = DATA_URL.length(); i < length; i++) {
      if (text.charAt(i) == ',') {
        return i + 1;
      }
    }
    return 0;
  }

  /** The byte at that index, or -1 behind the end and for what is no Base64. */
  int at(int index) {
    if (index < 0) {
      return -1;
    }
    long group = start + index / 3 * 4L;
    int within = index % 3;
    int left = sixBits(group + within);
    int right = sixBits(group + within + 1);
    if (left < 0 || right < 0) {
      return -1;
    }
    return switch (within) {
      case 0 -> left << 2 | right >> 4;
      case 1 -> (left & 0xF) << 4 | right >> 2;
      default -> (left & 0x3) << 6 | right;
    };
  }

  /** The first byte highest; 0 if one is missing. */
  int bigEndian(int index, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      int next = at(index + i);
      if (next < 0) {
        return 0;
      }
      value = value << 8 | next;
    }
    return value;
  }

  /** The first byte lowest; 0 if one is missing. */
  int littleEndian(int index, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      int next = at(index + i);
      if (next < 0) {
        return 0;
      }
      value = value << 8 | next;
    }
    return value;
  }

  private int sixBits(long index) {
    if (index >= text.length()) {
      return -1;
    }
    char c = text.charAt((int) index);
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return switch (c) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      default -> -1;
    };
  }
}
