package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.LETTER;
import static io.tokenmeter.tokenizers.CharClasses.MARK;
import static io.tokenmeter.tokenizers.CharClasses.NEWLINE;
import static io.tokenmeter.tokenizers.CharClasses.NUMBER;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into the pieces that are merged each for itself: a regular expression of the
 * reference implementation, written out by hand. Stateless.
 */
abstract class PreTokenizer {
  /** What {@link #pieceEnd} returns when only more text can tell. */
  static final int UNDECIDED = -1;

  /**
   * Where the piece ends that starts at {@code from}.
   *
   * @param utf8 whole code points of well-formed UTF-8 between {@code from} and {@code to}, at
   *     least one
   * @param last whether the text ends at {@code to}; if not, the answer may be {@link #UNDECIDED}
   */
  abstract int pieceEnd(byte[] utf8, int from, int to, boolean last);

  /** What finds many pieces of most texts at once, or null if there is nothing that does. */
  @Nullable PieceStarts pieceStarts() {
    return null;
  }

  /** A run is decided by the character behind it, or by the end of the text. */
  static int decided(int end, int to, boolean last) {
    return end < to || last ? end : UNDECIDED;
  }

  /**
   * The end of {@code 's 't 'm 'd 're 've 'll} in any case, or {@code from} if there is none, or
   * {@link #UNDECIDED}. The long s (U+017F) is an s in any case.
   */
  static int contractionEnd(byte[] utf8, int from, int to, boolean last) {
    if (from >= to || utf8[from] != '\'') {
      return decided(from, to, last);
    }
    if (to - from < 3 && !last) {
      return UNDECIDED;
    }
    int first = from + 1 < to ? utf8[from + 1] | 0x20 : 0;
    int second = from + 2 < to ? utf8[from + 2] | 0x20 : 0;
    boolean longS = from + 2 < to && utf8[from + 1] == (byte) 0xC5 && utf8[from + 2] == (byte) 0xBF;
    if (longS) {
      return from + 3;
    }
    return switch (first) {
      case 's', 't', 'm', 'd' -> from + 2;
      case 'r', 'v' -> second == 'e' ? from + 3 : from;
      case 'l' -> second == 'l' ? from + 3 : from;
      default -> from;
    };
  }

  /** The start of the last character before {@code end}. */
  static int lastCharacter(byte[] utf8, int end) {
    int at = end - 1;
    while ((utf8[at] & 0xC0) == 0x80) {
      at--;
    }
    return at;
  }

  /** Whether a character can be part of a piece of symbols: neither letter, number nor space. */
  static boolean isSymbol(int charClass) {
    return (charClass & ~MARK) == 0;
  }

  /**
   * One for each ASCII character, by its byte, that can stand before the letters of a word and be
   * part of its piece: neither letter, digit nor line end.
   */
  static final byte[] PREFIX = new byte[256];

  static {
    for (int c = 0; c < 128; c++) {
      int charClass = CharClasses.at(new byte[] {(byte) c}, 0);
      PREFIX[c] = (byte) ((charClass & (LETTER | NUMBER | NEWLINE)) == 0 ? 1 : 0);
    }
  }

  /** Whether here is an ASCII symbol with a space behind it, such as most commas. */
  static boolean isLoneSymbol(byte[] utf8, int from, int to) {
    int first = utf8[from];
    return first > ' ' && from + 1 < to && utf8[from + 1] == ' ' && PREFIX[first] == 1;
  }

  /** Whether an ASCII character is a letter. */
  static boolean isLetter(int ascii) {
    int small = ascii | 0x20;
    return small >= 'a' && small <= 'z';
  }
}
