package io.tokenmeter.tokenizers;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The pieces of a tokenizer that has no pre-tokenizer, or one that cuts before each word only. Such
 * a text could be one piece; but between two characters that stand side by side in no token nothing
 * can merge, so it is cut there. Immutable once filled.
 */
final class CharacterBorders extends PreTokenizer {
  /** No character. */
  static final int NONE = -1;

  private static final int MOST_BITS = 1 << 24;

  /** One bit for the hash of each two characters that are side by side in a token. */
  private final long[] sideBySide;

  /** Drawn at random, so that no file can be made that hides behind collisions. */
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

  private final boolean everywhere;
  private final int wordStart;

  private CharacterBorders(long[] sideBySide, boolean everywhere, int wordStart) {
    this.sideBySide = sideBySide;
    this.everywhere = everywhere;
    this.wordStart = wordStart;
  }

  /** Cuts nowhere but before a character; {@link #NONE}: nowhere. */
  static CharacterBorders before(int wordStart) {
    return new CharacterBorders(new long[1], true, wordStart);
  }

  /**
   * Cuts also where no token reaches across.
   *
   * @param characters how many characters all tokens have
   */
  static CharacterBorders between(int characters, int wordStart) {
    int bits = Math.min(MOST_BITS, Integer.highestOneBit(Math.max(64, characters)) << 5);
    return new CharacterBorders(new long[bits >>> 6], false, wordStart);
  }

  /** Notes the characters of a token. */
  void add(byte[] token) {
    int before = Utf8.codePoint(token, 0);
    for (int at = CharClasses.width(token, 0); at < token.length; ) {
      int codePoint = Utf8.codePoint(token, at);
      int bit = bit(before, codePoint);
      sideBySide[bit >>> 6] |= 1L << bit;
      before = codePoint;
      at += CharClasses.width(token, at);
    }
  }

  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    int before = Utf8.codePoint(utf8, from);
    int at = from + CharClasses.width(utf8, from);
    while (at < to) {
      int codePoint = Utf8.codePoint(utf8, at);
      if (codePoint == wordStart || !(everywhere || isSideBySide(before, codePoint))) {
        return at;
      }
      before = codePoint;
      at += CharClasses.width(utf8, at);
    }
    return last ? to : UNDECIDED;
  }

  private boolean isSideBySide(int before, int codePoint) {
    int bit = bit(before, codePoint);
    return (sideBySide[bit >>> 6] & 1L << bit) != 0;
  }

  private int bit(int before, int codePoint) {
    return Longs.slot(((long) before << 21 | codePoint) * multiplier, sideBySide.length << 6);
  }
}
