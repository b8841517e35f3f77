package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.LETTER;
import static io.tokenmeter.tokenizers.CharClasses.MARK;
import static io.tokenmeter.tokenizers.CharClasses.NEWLINE;
import static io.tokenmeter.tokenizers.CharClasses.NUMBER;
import static io.tokenmeter.tokenizers.CharClasses.OTHER;
import static io.tokenmeter.tokenizers.CharClasses.SPACE;

/**
 * The pieces of DeepSeek V3 and R1. A text is cut three times: around what the first pattern
 * matches, all of that around what the second matches, all of that by the third:
 *
 * <pre>
 * \p{N}{1,3}
 * [U+4E00-U+9FA5 U+3040-U+309F U+30A0-U+30FF]+
 * [ASCII punctuation][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*
 * |\s*[\r\n]+|\s+(?!\S)|\s+
 * </pre>
 *
 * <p>So a number is a wall, at which the text ends for the third pattern, and so is either border
 * of a run of ideographs and kana. What the third does not match (controls, formats, what is
 * unassigned) is a piece up to the next match.
 */
final class DeepSeekPreTokenizer extends PreTokenizer {
  private static final int WORD = LETTER | MARK;

  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    if (CharClasses.at(utf8, from) == NUMBER) {
      int second = from + CharClasses.width(utf8, from);
      return Cl100kPreTokenizer.numberEnd(utf8, second, to, last, 3);
    }
    boolean kana = isKana(utf8, from);
    int end = matchEnd(utf8, from, to, last, kana);
    return end == from ? unmatchedEnd(utf8, from, to, last, kana) : end;
  }

  /** The end of the match of the third pattern, or {@code from} if there is none. */
  private static int matchEnd(byte[] utf8, int from, int to, boolean last, boolean kana) {
    int first = CharClasses.at(utf8, from);
    int second = from + CharClasses.width(utf8, from);
    if ((first & WORD) != 0) {
      return wordEnd(utf8, from, to, last, kana);
    }
    if (second == to && !last) {
      return UNDECIDED;
    }
    boolean alone = second == to || isWall(utf8, second, kana);
    if (isSymbol(utf8, from)) {
      return !alone && isAsciiLetter(utf8[second]) && utf8[from] >= 0
          ? decided(asciiLettersEnd(utf8, second, to), to, last)
          : symbolEnd(utf8, from, to, last, kana);
    }
    if (!alone && first != NEWLINE && (CharClasses.at(utf8, second) & WORD) != 0) {
      return wordEnd(utf8, second, to, last, kana);
    }
    if (!alone && utf8[from] == ' ' && isSymbol(utf8, second)) {
      return symbolEnd(utf8, second, to, last, kana);
    }
    return (first & SPACE) != 0 ? spaceEnd(utf8, from, to, last) : from;
  }

  private static int wordEnd(byte[] utf8, int from, int to, boolean last, boolean kana) {
    int at = from;
    while (at < to && (CharClasses.at(utf8, at) & WORD) != 0 && isKana(utf8, at) == kana) {
      at += CharClasses.width(utf8, at);
    }
    return decided(at, to, last);
  }

  private static int asciiLettersEnd(byte[] utf8, int from, int to) {
    int at = from;
    while (at < to && isAsciiLetter(utf8[at])) {
      at++;
    }
    return at;
  }

  private static int symbolEnd(byte[] utf8, int from, int to, boolean last, boolean kana) {
    int at = from;
    while (at < to && isSymbol(utf8, at) && isKana(utf8, at) == kana) {
      at += CharClasses.width(utf8, at);
    }
    return kana
        ? decided(at, to, last)
        : decided(CharClasses.runEnd(utf8, at, to, NEWLINE), to, last);
  }

  /** As elsewhere, but that the text ends before a wall. */
  private static int spaceEnd(byte[] utf8, int from, int to, boolean last) {
    int end = CharClasses.runEnd(utf8, from, to, SPACE);
    return end < to && isWall(utf8, end, false)
        ? Cl100kPreTokenizer.spaceEnd(utf8, from, end, true)
        : Cl100kPreTokenizer.spaceEnd(utf8, from, to, last);
  }

  private static int unmatchedEnd(byte[] utf8, int from, int to, boolean last, boolean kana) {
    int at = from + CharClasses.width(utf8, from);
    while (at < to && CharClasses.at(utf8, at) == OTHER && !isWall(utf8, at, kana)) {
      int match = matchEnd(utf8, at, to, last, kana);
      if (match != at) {
        return match == UNDECIDED ? UNDECIDED : at;
      }
      at += CharClasses.width(utf8, at);
    }
    return decided(at, to, last);
  }

  /** Whether the text ends before this character for what stands before it. */
  private static boolean isWall(byte[] utf8, int at, boolean kana) {
    return CharClasses.at(utf8, at) == NUMBER || isKana(utf8, at) != kana;
  }

  /** Whether the character is one of the second pattern's ideographs, hiragana and katakana. */
  private static boolean isKana(byte[] utf8, int at) {
    if (utf8[at] >= 0) {
      return false;
    }
    int codePoint = Utf8.codePoint(utf8, at);
    return (codePoint >= 0x4E00 && codePoint <= 0x9FA5)
        || (codePoint >= 0x3040 && codePoint <= 0x30FF);
  }

  private static boolean isSymbol(byte[] utf8, int at) {
    return CharClasses.at(utf8, at) == OTHER
        && UnicodeData.isPunctuationOrSymbol(Utf8.codePoint(utf8, at));
  }

  private static boolean isAsciiLetter(byte value) {
    return (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z');
  }
}
