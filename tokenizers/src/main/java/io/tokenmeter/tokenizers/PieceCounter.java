package io.tokenmeter.tokenizers;

/**
 * Counts the tokens of many pieces at once. Reusable, not thread-safe.
 *
 * <p>Each step goes over all pieces without a branch for what it finds, and leaves a list of those
 * that the next one has to look at. So nothing is mispredicted, and what the processor waits for in
 * memory it waits for together.
 */
final class PieceCounter {
  private final ShortTokens shortTokens;
  private final PieceCache cache;
  private final PieceEncoder pieceEncoder;

  /** The pieces that are still to be counted, by their index. */
  private final int[] rest = new int[PieceCutter.PIECES];

  private final long[] heads = new long[PieceCutter.PIECES];
  private final long[] tails = new long[PieceCutter.PIECES];

  PieceCounter(Vocabulary vocabulary, PieceEncoder pieceEncoder) {
    this.shortTokens = vocabulary.shortTokens();
    this.cache = vocabulary.cache();
    this.pieceEncoder = pieceEncoder;
  }

  /**
   * The tokens of so many pieces.
   *
   * @param borders where each of them starts, and where the last one ends
   */
  long count(byte[] utf8, int[] borders, int pieces) {
    int others = shortTokens.findOthers(utf8, borders, pieces, rest);
    return pieces - others + countOthers(utf8, borders, others);
  }

  private long countOthers(byte[] utf8, int[] borders, int others) {
    long tokens = 0;
    int unknown = 0;
    for (int i = 0; i < others; i++) {
      int piece = rest[i];
      int from = borders[piece];
      int to = borders[piece + 1];
      if (to - from > PieceCache.LONGEST) {
        tokens += pieceEncoder.encode(utf8, from, to);
        continue;
      }
      long head = PieceCache.head(utf8, from, to);
      long tail = PieceCache.tail(utf8, from, to);
      int known = cache.tokens(head, tail);
      tokens += known;
      rest[unknown] = piece;
      heads[unknown] = head;
      tails[unknown] = tail;
      unknown += known - 1 >>> Integer.SIZE - 1;
    }
    for (int i = 0; i < unknown; i++) {
      tokens += countUnknown(utf8, borders[rest[i]], borders[rest[i] + 1], heads[i], tails[i]);
    }
    return tokens;
  }

  private int countUnknown(byte[] utf8, int from, int to, long head, long tail) {
    // It may have come twice among these pieces.
    int known = cache.tokens(head, tail);
    if (known != PieceCache.UNKNOWN) {
      return known;
    }
    int length = to - from;
    int tokens =
        length <= ShortTokens.LONGEST && shortTokens.contains(utf8, from, length)
            ? 1
            : pieceEncoder.encode(utf8, from, to);
    cache.put(head, tail, tokens);
    return tokens;
  }
}
