package io.tokenmeter.tokenizers;

/**
 * The shorter ones of the more frequent tokens, for the question whether a piece is one whole
 * token: most are, and here one access to memory says so. Immutable once filled.
 *
 * <p>An entry of the open-addressed table is one long: up to {@value #LONGEST} bytes, the first one
 * lowest, and in the highest byte how many they are.
 */
final class ShortTokens {
  /** The longest piece that can be found, in bytes. */
  static final int LONGEST = 7;

  private static final int LENGTH_SHIFT = 56;

  /** By the length of a piece, the bytes of a long that belong to it, without the highest. */
  private static final long[] BYTES = new long[LONGEST + 2];

  static {
    for (int length = 1; length < BYTES.length; length++) {
      BYTES[length] = -1L >>> Long.SIZE - Byte.SIZE * Math.min(length, LONGEST);
    }
  }

  private final long[] entries;

  /**
   * @param entries of a table that is filled already, as {@link #of} fills it
   */
  ShortTokens(long[] entries) {
    this.entries = entries;
  }

  /**
   * @param bytes all tokens one after the other, and {@link Longs#PADDING}
   * @param offsets where each token starts, in the order of how frequent they are; one more for the
   *     end
   */
  static ShortTokens of(byte[] bytes, int[] offsets) {
    int ids = offsets.length - 1;
    ShortTokens table = new ShortTokens(new long[Math.max(1, Integer.highestOneBit(ids))]);
    int room = table.entries.length / 8 * 5;
    for (int token = 0; token < ids && room > 0; token++) {
      int length = offsets[token + 1] - offsets[token];
      if (length > 0 && length <= LONGEST) {
        table.add(key(bytes, offsets[token], length));
        room--;
      }
    }
    return table;
  }

  /** No token at all. */
  static ShortTokens none() {
    return new ShortTokens(new long[1]);
  }

  /** To be written into a file by the build. */
  long[] entries() {
    return entries;
  }

  private void add(long key) {
    int slot = slot(key);
    while (entries[slot] != 0) {
      slot = slot + 1 & entries.length - 1;
    }
    entries[slot] = key;
  }

  /** Whether a piece of at most {@value #LONGEST} bytes is one of these tokens. */
  boolean contains(byte[] text, int from, int length) {
    long key = key(text, from, length);
    int slot = slot(key);
    while (true) {
      long entry = entries[slot];
      if (entry == key) {
        return true;
      }
      if (entry == 0) {
        return false;
      }
      slot = slot + 1 & entries.length - 1;
    }
  }

  /**
   * Lists those of some pieces that are not found with the first access: few of those that are
   * found at all, and longer ones. There is no branch for a piece.
   *
   * @param borders where each piece starts, and where the last one ends
   * @param others for the indices of those pieces
   * @return how many they are
   */
  int findOthers(byte[] text, int[] borders, int pieces, int[] others) {
    long[] entries = this.entries;
    int count = 0;
    for (int piece = 0; piece < pieces; piece++) {
      int from = borders[piece];
      int length = Math.min(borders[piece + 1] - from, LONGEST + 1);
      long key = key(text, from, length);
      long difference = entries[slot(key)] ^ key;
      others[count] = piece;
      count += (int) ((difference | -difference) >>> Long.SIZE - 1);
    }
    return count;
  }

  private int slot(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 32) & entries.length - 1;
  }

  private static long key(byte[] text, int from, int length) {
    return Longs.at(text, from) & BYTES[length] | (long) length << LENGTH_SHIFT;
  }
}
