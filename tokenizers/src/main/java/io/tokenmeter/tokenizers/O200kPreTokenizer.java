package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.CASELESS;
import static io.tokenmeter.tokenizers.CharClasses.LETTER;
import static io.tokenmeter.tokenizers.CharClasses.LOWER;
import static io.tokenmeter.tokenizers.CharClasses.MARK;
import static io.tokenmeter.tokenizers.CharClasses.NEWLINE;
import static io.tokenmeter.tokenizers.CharClasses.NUMBER;
import static io.tokenmeter.tokenizers.CharClasses.SPACE;
import static io.tokenmeter.tokenizers.CharClasses.UPPER;

/**
 * The pieces of o200k_base and o200k_harmony. With {@code U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]},
 * {@code L = [\p{Ll}\p{Lm}\p{Lo}\p{M}]}, {@code P = [^\r\n\p{L}\p{N}]?} and {@code C =
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)?}:
 *
 * <pre>
 * PU*L+C|PU+L*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * </pre>
 */
final class O200kPreTokenizer extends PreTokenizer {
  private static final int WORD = LETTER | MARK;

  private final int mostDigits;
  private final PieceStarts pieceStarts;
  private final boolean contractions;

  O200kPreTokenizer() {
    this(3, true);
  }

  /**
   * Like o200k_base, but with so many numbers in a piece, and perhaps without C: 1 and without for
   * Mistral's tekken.
   *
   * @param mostDigits 1 or 3
   */
  O200kPreTokenizer(int mostDigits, boolean contractions) {
    this.mostDigits = mostDigits;
    this.contractions = contractions;
    this.pieceStarts = PieceStarts.o200k(mostDigits, contractions);
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
   * The end of a piece of ASCII letters, all small but perhaps the first, with or without a prefix:
   * most pieces are such. {@code from} if the piece is, or may be, another one.
   *
   * <p>The next piece cannot be looked at before this one's end is known, so the way to it is kept
   * short; what decides whether it counts is looked at beside it.
   */
  private static int asciiWordEnd(byte[] utf8, int from, int to) {
    long bytes = Longs.at(utf8, from);
    int first = (int) bytes & 0xFF;
    int second = (int) (bytes >>> 8) & 0xFF;
    int capital = ~(second - 'A' | 'Z' - second) >> 31 & -PREFIX[first];
    long others = Runs.othersThanSmallLetters(bytes) & ~(0xFF | capital & 0xFF00);
    int end = from + Runs.leading(others);
    if (others == 0) {
      end = Runs.smallLettersEnd(utf8, end, to);
    }
    if (end >= to || first >= 0x80 || !endsWord(utf8[end])) {
      return from;
    }
    int before = utf8[end - 1];
    return before >= 'a' && before <= 'z' && (PREFIX[first] == 1 || isLetter(first)) ? end : from;
  }

  private static boolean endsWord(int next) {
    return next >= 0 && next != '\'';
  }

  private int anyPieceEnd(byte[] utf8, int from, int to, boolean last) {
    if (isLoneSymbol(utf8, from, to)) {
      return from + 1;
    }
    int first = CharClasses.at(utf8, from);
    // A mark is a prefix (P) as well as part of a word: the piece is the same either way.
    if ((first & WORD) != 0) {
      return wordEnd(utf8, from, to, last);
    }
    int second = from + CharClasses.width(utf8, from);
    if (first == NUMBER) {
      return Cl100kPreTokenizer.numberEnd(utf8, second, to, last, mostDigits);
    }
    if (second == to) {
      return last ? to : UNDECIDED;
    }
    int next = CharClasses.at(utf8, second);
    if (first != NEWLINE && (next & WORD) != 0) {
      return wordEnd(utf8, second, to, last);
    }
    if ((first & SPACE) == 0 || (utf8[from] == ' ' && isSymbol(next))) {
      return symbolEnd(utf8, second, to, last);
    }
    return Cl100kPreTokenizer.spaceEnd(utf8, from, to, last);
  }

  /**
   * {@code U*L+} or {@code U+L*}: the capitals, then the small letters. What is neither (caseless
   * letters, marks) counts as both, so capitals that no small letter follows end behind the last
   * caseless one, should there be any.
   */
  private int wordEnd(byte[] utf8, int from, int to, boolean last) {
    int at = from;
    int afterCaseless = from;
    int charClass = 0;
    while (at < to) {
      charClass = CharClasses.at(utf8, at);
      if ((charClass & (UPPER | CASELESS | MARK)) == 0) {
        break;
      }
      at += CharClasses.width(utf8, at);
      if (charClass != UPPER) {
        afterCaseless = at;
      }
    }
    if (at == to && !last) {
      return UNDECIDED;
    }
    if (at < to && charClass == LOWER) {
      int small = Runs.smallCyrillicEnd(utf8, at, to);
      int end = CharClasses.runEnd(utf8, small, to, LOWER | CASELESS | MARK);
      return suffixEnd(utf8, end, to, last);
    }
    return afterCaseless > from && afterCaseless < at
        ? afterCaseless
        : suffixEnd(utf8, at, to, last);
  }

  private int suffixEnd(byte[] utf8, int from, int to, boolean last) {
    return contractions ? contractionEnd(utf8, from, to, last) : decided(from, to, last);
  }

  private static int symbolEnd(byte[] utf8, int from, int to, boolean last) {
    int at = CharClasses.runEndWithout(utf8, from, to, LETTER | NUMBER | SPACE);
    while (at < to && (utf8[at] == '\n' || utf8[at] == '\r' || utf8[at] == '/')) {
      at++;
    }
    return decided(at, to, last);
  }
}
