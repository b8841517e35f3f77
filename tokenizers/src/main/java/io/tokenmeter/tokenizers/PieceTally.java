package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into pieces and counts their tokens. It keeps nothing of a text, but has some 20 KB
 * of arrays to work with. Reusable, not thread-safe.
 */
final class PieceTally {
  private final PieceCutter cutter;
  private final PieceEncoder pieceEncoder;
  private final PieceCounter pieceCounter;
  private int end;

  PieceTally(Vocabulary vocabulary, PreTokenizer preTokenizer) {
    this.cutter = new PieceCutter(preTokenizer);
    this.pieceEncoder = new PieceEncoder(vocabulary);
    this.pieceCounter = new PieceCounter(vocabulary, pieceEncoder);
  }

  /**
   * The tokens of the pieces that are decided, up to {@link #end}.
   *
   * @param utf8 as for {@link PreTokenizer#pieceEnd}
   * @param limit it stops soon after more tokens than that
   * @param ids also gets the tokens' ids, if there is one
   */
  long tokens(byte[] utf8, int from, int to, boolean last, long limit, @Nullable TokenList ids) {
    int[] borders = cutter.borders();
    long tokens = 0;
    end = from;
    cutter.startAt(from);
    while (tokens <= limit) {
      int pieces = cutter.cut(utf8, to, last);
      if (pieces == 0) {
        break;
      }
      tokens +=
          ids == null
              ? pieceCounter.count(utf8, borders, pieces)
              : collect(utf8, borders, pieces, ids);
      end = borders[pieces];
    }
    return tokens;
  }

  /** Where the last piece ends that was counted. */
  int end() {
    return end;
  }

  /** Gives back the memory that an unusually long piece took. */
  void shrink() {
    pieceEncoder.shrink();
  }

  private long collect(byte[] utf8, int[] borders, int pieces, TokenList ids) {
    long tokens = 0;
    for (int piece = 0; piece < pieces; piece++) {
      int count = pieceEncoder.encode(utf8, borders[piece], borders[piece + 1]);
      ids.addAll(pieceEncoder.tokens(), count);
      tokens += count;
    }
    return tokens;
  }
}
