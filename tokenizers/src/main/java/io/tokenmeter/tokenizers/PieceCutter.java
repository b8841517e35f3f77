package io.tokenmeter.tokenizers;

/** Cuts text into pieces, many at a time. Reusable, not thread-safe. */
final class PieceCutter {
  /** So many pieces are cut at once. */
  static final int PIECES = 256;

  private static final int AT_ONCE = 4;

  private final PreTokenizer preTokenizer;
  private final ClassMasks masks = new ClassMasks();
  private final int[] ends = new int[PIECES + AT_ONCE];

  private byte[] utf8 = new byte[0];
  private int at;
  private int to;
  private boolean last;
  private int classified;

  PieceCutter(PreTokenizer preTokenizer) {
    this.preTokenizer = preTokenizer;
  }

  void start(byte[] utf8, int from, int to, boolean last) {
    this.utf8 = utf8;
    this.at = from;
    this.to = to;
    this.last = last;
    this.classified = from;
  }

  int[] ends() {
    return ends;
  }

  /** Cuts the next pieces, as many as are decided and there is room for, and returns how many. */
  int next() {
    Blocks blocks = preTokenizer.blocks();
    int count = 0;
    int at = this.at;
    while (at < to && count <= PIECES - Blocks.BYTES) {
      long starts = 0;
      if (blocks != null && to - at >= Blocks.BYTES) {
        if (classified < to && classified - at < Blocks.BYTES) {
          masks.classify(utf8, at, to);
          classified = masks.end();
        }
        starts = blocks.starts(masks, utf8, at);
      }
      if (starts == 0) {
        int end = preTokenizer.pieceEnd(utf8, at, to, last);
        if (end == PreTokenizer.UNDECIDED) {
          break;
        }
        ends[count++] = end;
        at = end;
      } else {
        int next = count;
        count += Long.bitCount(starts);
        do {
          for (int i = 0; i < AT_ONCE; i++) {
            ends[next + i] = at + Long.numberOfTrailingZeros(starts);
            starts &= starts - 1;
          }
          next += AT_ONCE;
        } while (starts != 0);
        at = ends[count - 1];
      }
    }
    this.at = at;
    return count;
  }
}
