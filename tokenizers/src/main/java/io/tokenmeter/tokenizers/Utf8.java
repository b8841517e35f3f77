package io.tokenmeter.tokenizers;

/** Single code points of well-formed UTF-8. */
final class Utf8 {
  private Utf8() {}

  /** The code point that starts at this byte. */
  static int codePoint(byte[] utf8, int at) {
    int lead = utf8[at];
    if (lead >= 0) {
      return lead;
    }
    int second = utf8[at + 1] & 0x3F;
    if (lead < (byte) 0xE0) {
      return (lead & 0x1F) << 6 | second;
    }
    int third = utf8[at + 2] & 0x3F;
    if (lead < (byte) 0xF0) {
      return (lead & 0x0F) << 12 | second << 6 | third;
    }
    return (lead & 0x07) << 18 | second << 12 | third << 6 | (utf8[at + 3] & 0x3F);
  }
}
