package io.tokenmeter.tokenizers;

/**
 * Where runs of common letters and spaces end, eight bytes at a time and without a branch for each:
 * that a word is longer or shorter than the one before must not cost a misprediction.
 *
 * <p>What is read may lie beyond the text, by less than {@link Longs#PADDING}; no answer does.
 */
final class Runs {
  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long CASE_BITS = 0x20 * EVERY_BYTE;
  private static final long SPACES = ' ' * EVERY_BYTE;

  /** Added to a byte below 0x80 they set its high bit if it is not below 'a', or above 'z'. */
  private static final long FROM_A = (0x80 - 'a') * EVERY_BYTE;

  private static final long ABOVE_Z = (0x7F - 'z') * EVERY_BYTE;

  private static final long EVERY_PAIR = 0x0001000100010001L;
  private static final long HIGH_BIT_OF_PAIR = 0x8000800080008000L;

  private Runs() {}

  /** The end of the small letters a to z from {@code from} on. */
  static int smallLettersEnd(byte[] utf8, int from, int to) {
    int at = from;
    while (true) {
      int letters = leading(othersThanSmallLetters(Longs.at(utf8, at)));
      at += letters;
      if (letters < Long.BYTES || at >= to) {
        return Math.min(at, to);
      }
    }
  }

  /** The end of the letters A to Z and a to z from {@code from} on. */
  static int lettersEnd(byte[] utf8, int from, int to) {
    int at = from;
    while (true) {
      int letters = leading(othersThanLetters(Longs.at(utf8, at)));
      at += letters;
      if (letters < Long.BYTES || at >= to) {
        return Math.min(at, to);
      }
    }
  }

  /** The end of the spaces (U+0020) from {@code from} on. */
  static int spacesEnd(byte[] utf8, int from, int to) {
    int at = from;
    while (true) {
      int spaces = leading(Longs.at(utf8, at) ^ SPACES);
      at += spaces;
      if (spaces < Long.BYTES || at >= to) {
        return Math.min(at, to);
      }
    }
  }

  /** The end of the small Cyrillic letters U+0430 to U+045F from {@code from} on. */
  static int smallCyrillicEnd(byte[] utf8, int from, int to) {
    int at = from;
    while (true) {
      int letters = leading(othersThanSmallCyrillic(Longs.at(utf8, at))) & ~1;
      at += letters;
      if (letters < Long.BYTES || at >= to) {
        return Math.min(at, to);
      }
    }
  }

  /** How many of the lowest bytes are zero. */
  static int leading(long bytes) {
    return Long.numberOfTrailingZeros(bytes) >>> 3;
  }

  /** The high bit of each byte that is no letter a to z. No byte carries into the next. */
  static long othersThanSmallLetters(long bytes) {
    long low = bytes & ~HIGH_BITS;
    return (low + ABOVE_Z | ~(low + FROM_A) | bytes) & HIGH_BITS;
  }

  /** The high bit of each byte that is no letter A to Z or a to z. */
  static long othersThanLetters(long bytes) {
    return othersThanSmallLetters(bytes | CASE_BITS);
  }

  /**
   * The high bit of each two bytes that are no such letter. Its first byte is D0 or D1; the last
   * bit of it and six of the second are the code point minus 0x400.
   */
  private static long othersThanSmallCyrillic(long bytes) {
    long otherLead = (bytes ^ 0xD0 * EVERY_PAIR) & 0xFE * EVERY_PAIR;
    long codePoint = (bytes & EVERY_PAIR) << 6 | bytes >>> 8 & 0x3F * EVERY_PAIR;
    return (otherLead + 0x7FFF * EVERY_PAIR
            | ~(codePoint + (0x8000 - 0x30) * EVERY_PAIR)
            | codePoint + (0x8000 - 0x60) * EVERY_PAIR)
        & HIGH_BIT_OF_PAIR;
  }
}
