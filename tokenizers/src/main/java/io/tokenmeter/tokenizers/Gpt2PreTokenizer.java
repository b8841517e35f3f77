package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.LETTER;
import static io.tokenmeter.tokenizers.CharClasses.NUMBER;
import static io.tokenmeter.tokenizers.CharClasses.SPACE;

/**
 * The pieces of r50k_base and p50k_base:
 *
 * <pre>
 * '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s
 * </pre>
 */
final class Gpt2PreTokenizer extends PreTokenizer {
  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    if (utf8[from] == '\'') {
      int end = lowerCaseContractionEnd(utf8, from, to, last);
      if (end != from) {
        return end;
      }
    }
    int at = utf8[from] == ' ' ? from + 1 : from;
    if (at == to) {
      return last ? to : UNDECIDED;
    }
    int letters = Runs.lettersEnd(utf8, at, to);
    if (letters > at && letters < to && utf8[letters] >= 0) {
      return letters;
    }
    int first = CharClasses.at(utf8, at);
    if ((first & LETTER) != 0) {
      return decided(CharClasses.runEnd(utf8, at, to, LETTER), to, last);
    }
    if (first == NUMBER) {
      return decided(CharClasses.runEnd(utf8, at, to, NUMBER), to, last);
    }
    if ((first & SPACE) == 0) {
      return decided(CharClasses.runEndWithout(utf8, at, to, LETTER | NUMBER | SPACE), to, last);
    }
    return spaceEnd(utf8, from, to, last);
  }

  private static int lowerCaseContractionEnd(byte[] utf8, int from, int to, boolean last) {
    int end = contractionEnd(utf8, from, to, last);
    for (int i = from + 1; i < end; i++) {
      if (utf8[i] < 'a') {
        return from;
      }
    }
    return end;
  }

  /** The last space of a run goes to what follows it. */
  private static int spaceEnd(byte[] utf8, int from, int to, boolean last) {
    int end = CharClasses.runEnd(utf8, from, to, SPACE);
    if (end == to) {
      return last ? to : UNDECIDED;
    }
    int lastSpace = lastCharacter(utf8, end);
    return lastSpace > from ? lastSpace : end;
  }
}
