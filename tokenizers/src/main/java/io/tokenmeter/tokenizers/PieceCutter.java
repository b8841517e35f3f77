package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/** Cuts text into pieces, many at a time. Reusable, not thread-safe. */
final class PieceCutter {
  /** At most so many pieces are cut at once. */
  static final int PIECES = 256;

  /** For a text of a few words the masks would cost more than they save. */
  private static final int LEAST_BYTES = 2 * PieceStarts.BYTES;

  /** So many borders are written without a branch in between. */
  private static final int UNROLLED = 4;

  private final PreTokenizer preTokenizer;
  private final @Nullable PieceStarts pieceStarts;

  /** Made for the first text that is long enough. */
  private @Nullable ClassMasks masks;

  private final int[] borders = new int[1 + PIECES + UNROLLED];

  private int at;

  /** Up to where the masks reach, if it is behind {@link #at}. */
  private int classified;

  PieceCutter(PreTokenizer preTokenizer) {
    this.preTokenizer = preTokenizer;
    this.pieceStarts = preTokenizer.pieceStarts();
  }

  /** Another text, or another part of it, is to be cut from that index on. */
  void startAt(int from) {
    at = from;
    classified = -1;
  }

  /**
   * Cuts the next pieces, as many as are decided and there is room for, and returns how many.
   *
   * @param utf8 as for {@link PreTokenizer#pieceEnd}; with {@code to} and {@code last} the same in
   *     all calls after {@link #startAt}
   */
  int cut(byte[] utf8, int to, boolean last) {
    int count = 0;
    borders[0] = at;
    while (at < to && count <= PIECES - PieceStarts.BYTES) {
      long starts = startsOfNext(utf8, to);
      if (starts != 0) {
        put(starts, count);
        count += Long.bitCount(starts);
      } else {
        int end = preTokenizer.pieceEnd(utf8, at, to, last);
        if (end == PreTokenizer.UNDECIDED) {
          break;
        }
        borders[++count] = end;
      }
      at = borders[count];
    }
    return count;
  }

  /** Where the pieces that were just cut start; one more for the end of the last. */
  int[] borders() {
    return borders;
  }

  private long startsOfNext(byte[] utf8, int to) {
    if (pieceStarts == null) {
      return 0;
    }
    ClassMasks known = masks;
    boolean reachesFar = classified == to || classified - at >= PieceStarts.BYTES;
    if (known == null || !reachesFar || at >= classified) {
      if (to - at < LEAST_BYTES) {
        return 0;
      }
      known = known == null ? new ClassMasks() : known;
      known.classify(utf8, at, to);
      masks = known;
      classified = known.end();
    }
    return pieceStarts.after(at, known, utf8);
  }

  /** Some are written too many: how many there are cannot be predicted, but is rarely more. */
  private void put(long starts, int index) {
    long rest = starts;
    for (int next = index + 1; rest != 0; next += UNROLLED) {
      for (int i = 0; i < UNROLLED; i++) {
        borders[next + i] = at + Long.numberOfTrailingZeros(rest);
        rest &= rest - 1;
      }
    }
  }
}
