package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.NUMBER;
import static io.tokenmeter.tokenizers.CharClasses.SPACE;

/**
 * The pieces of StarCoder, SmolLM, Command R and others: numbers first, one by one or in runs; then
 * what is between them is cut as for GPT-2, as if the text began and ended there.
 */
final class DigitsPreTokenizer extends PreTokenizer {
  private final PreTokenizer between = new Gpt2PreTokenizer();
  private final boolean individual;

  DigitsPreTokenizer(boolean individual) {
    this.individual = individual;
  }

  @Override
  int pieceEnd(byte[] utf8, int from, int to, boolean last) {
    int first = CharClasses.at(utf8, from);
    if (first == NUMBER) {
      return individual
          ? from + CharClasses.width(utf8, from)
          : decided(CharClasses.runEnd(utf8, from, to, NUMBER), to, last);
    }
    if ((first & SPACE) != 0) {
      int end = CharClasses.runEnd(utf8, from, to, SPACE);
      if (end < to && CharClasses.at(utf8, end) == NUMBER) {
        return end;
      }
    }
    return between.pieceEnd(utf8, from, to, last);
  }
}
