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
  private final PieceStarts pieceStarts;

  Cl100kPreTokenizer() {
    this(3);
  }

  /**
   * Like cl100k_base, but with so many numbers in a piece: 1 for Qwen 2, 2.5 and 3.
   *
   * @param mostDigits 1 or 3
   */
  Cl100kPreTokenizer(int mostDigits) {
    this.mostDigits = mostDigits;
    this.pieceStarts = PieceStarts.cl100k(mostDigits);
  }

  @Override
  PieceStarts pieceStarts() {
    return pieceStarts;
  }

  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    int end = asciiWordEnd(utf8, from, to);
    return end > from ? end : anyPieceEnd(utf8, from, to, last);
  }

  /**
   * The end of a piece of ASCII letters with or without a prefix: most pieces are such. {@code
   * from} if the piece is, or may be, another one.
   */
  private static int asciiWordEnd(byte[] utf8, int from, int to) {
    long bytes = Longs.at(utf8, from);
    int first = (int) bytes & 0xFF;
    long others = Runs.othersThanLetters(bytes) & ~0xFFL;
    int end = from + Runs.leading(others);
    if (others == 0) {
      end = Runs.lettersEnd(utf8, end, to);
    }
    if (end >= to || first >= 0x80 || utf8[end] < 0 || first == '\'' || !isLetter(utf8[end - 1])) {
      return from;
    }
    return PREFIX[first] == 1 || isLetter(first) ? end : from;
  }

  private int anyPieceEnd(byte[] utf8, int from, int to, boolean last) {
    if (isLoneSymbol(utf8, from, to)) {
      return from + 1;
    }
    if (utf8[from] == '\'') {
      int end = contractionEnd(utf8, from, to, last);
      if (end != from) {
        return end;
      }
    }
    int first = CharClasses.at(utf8, from);
    int second = from + CharClasses.width(utf8, from);
    if ((first & LETTER) != 0) {
      return lettersEnd(utf8, second, to, last);
    }
    if (first == NUMBER) {
      return numberEnd(utf8, second, to, last, mostDigits);
    }
    if (second == to) {
      return last ? to : UNDECIDED;
    }
    int next = CharClasses.at(utf8, second);
    if (first != NEWLINE && (next & LETTER) != 0) {
      return lettersEnd(utf8, second, to, last);
    }
    if ((first & SPACE) == 0 || (utf8[from] == ' ' && isSymbol(next))) {
      return symbolEnd(utf8, second, to, last);
    }
    return spaceEnd(utf8, from, to, last);
  }

  private static int lettersEnd(byte[] utf8, int from, int to, boolean last) {
    int small = Runs.smallCyrillicEnd(utf8, from, to);
    return decided(CharClasses.runEnd(utf8, small, to, LETTER), to, last);
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
    int afterLineEnd = from;
    int end = from;
    while (end < to) {
      end = Runs.spacesEnd(utf8, end, to);
      if (end == to) {
        break;
      }
      int charClass = CharClasses.at(utf8, end);
      if ((charClass & SPACE) == 0) {
        break;
      }
      end += CharClasses.width(utf8, end);
      if (charClass == NEWLINE) {
        afterLineEnd = end;
      }
    }
    if (end == to && !last) {
      return UNDECIDED;
    }
    if (afterLineEnd > from) {
      return afterLineEnd;
    }
    if (end == to) {
      return to;
    }
    int lastSpace = lastCharacter(utf8, end);
    return lastSpace > from ? lastSpace : end;
  }
}
