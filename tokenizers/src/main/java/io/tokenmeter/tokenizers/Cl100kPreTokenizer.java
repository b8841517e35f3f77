package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.LETTER;
import static io.tokenmeter.tokenizers.CharClasses.NEWLINE;
import static io.tokenmeter.tokenizers.CharClasses.NUMBER;
import static io.tokenmeter.tokenizers.CharClasses.SPACE;

/**
 * The pieces of cl100k_base:
 *
 * <pre>
 * '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
 * |\s*[\r\n]+|\s+(?!\S)|\s
 * </pre>
 *
 * <p>Later versions of the reference put {@code \s++$} before the white space; that makes no
 * difference to the ids, since no token has a blank behind its last line end.
 */
final class Cl100kPreTokenizer extends PreTokenizer {
  private final int mostDigits;

  Cl100kPreTokenizer() {
    this(3);
  }

  /**
   * Like cl100k_base, but with so many numbers in a piece: 1 for Qwen 2, 2.5 and 3.
   *
   * @param mostDigits at least 1
   */
  Cl100kPreTokenizer(int mostDigits) {
    this.mostDigits = mostDigits;
  }

  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    if (utf8[from] == '\'') {
      int end = contractionEnd(utf8, from, to, last);
      if (end != from) {
        return end;
      }
    }
    int first = CharClasses.at(utf8, from);
    int second = from + CharClasses.width(utf8, from);
    if ((first & LETTER) != 0) {
      return decided(CharClasses.runEnd(utf8, second, to, LETTER), to, last);
    }
    if (first == NUMBER) {
      return numberEnd(utf8, second, to, last, mostDigits);
    }
    if (second == to) {
      return last ? to : UNDECIDED;
    }
    int next = CharClasses.at(utf8, second);
    if (first != NEWLINE && (next & LETTER) != 0) {
      return decided(CharClasses.runEnd(utf8, second, to, LETTER), to, last);
    }
    if ((first & SPACE) == 0 || (utf8[from] == ' ' && isSymbol(next))) {
      return symbolEnd(utf8, second, to, last);
    }
    return spaceEnd(utf8, from, to, last);
  }

  /** At most so many numbers, the first of which ends at {@code second}. */
  static int numberEnd(byte[] utf8, int second, int to, boolean last, int most) {
    int at = second;
    for (int numbers = 1; numbers < most; numbers++) {
      if (at == to) {
        return last ? at : UNDECIDED;
      }
      if (CharClasses.at(utf8, at) != NUMBER) {
        return at;
      }
      at += CharClasses.width(utf8, at);
    }
    return at;
  }

  private static int symbolEnd(byte[] utf8, int from, int to, boolean last) {
    int symbols = CharClasses.runEndWithout(utf8, from, to, LETTER | NUMBER | SPACE);
    return decided(CharClasses.runEnd(utf8, symbols, to, NEWLINE), to, last);
  }

  /** Up to the last line end of a run; without one, all but the space that goes to what follows. */
  static int spaceEnd(byte[] utf8, int from, int to, boolean last) {
    int end = CharClasses.runEnd(utf8, from, to, SPACE);
    if (end == to && !last) {
      return UNDECIDED;
    }
    for (int at = end - 1; at >= from; at--) {
      if (utf8[at] == '\n' || utf8[at] == '\r') {
        return at + 1;
      }
    }
    if (end == to) {
      return to;
    }
    int lastSpace = lastCharacter(utf8, end);
    return lastSpace > from ? lastSpace : end;
  }
}
