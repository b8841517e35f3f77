package io.tokenmeter.tokenizers;

import java.util.Arrays;

/**
 * Token ids by their bytes: an open-addressed table, so that a piece that is one whole token, as
 * most are, is found without a copy and mostly within one cache line.
 *
 * <p>An entry is two longs: the key, which for tokens of up to eight bytes is the token itself and
 * for longer ones a hash of it; and the token's length and id. Filled by one thread, then read by
 * all.
 */
final class TokenTable {
  static final int NONE = -1;

  private final byte[] bytes;
  private final int[] offsets;
  private final long[] entries;
  private final int size;

  /**
   * @param bytes all tokens one after the other, and {@link Longs#PADDING}
   * @param offsets where each token starts; one more for the end
   */
  TokenTable(byte[] bytes, int[] offsets, int tokens) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.size = tokens + tokens / 2 + 1;
    this.entries = new long[2 * size];
  }

  void add(int token) {
    int from = offsets[token];
    int to = offsets[token + 1];
    long key = key(bytes, from, to);
    int slot = Longs.slot(key, size);
    while (entries[2 * slot + 1] != 0) {
      slot = next(slot);
    }
    entries[2 * slot] = key;
    entries[2 * slot + 1] = (long) (to - from) << 32 | token;
  }

  /** The token that consists of these bytes, or {@link #NONE}. */
  int find(byte[] text, int from, int to) {
    int length = to - from;
    long key = key(text, from, to);
    int slot = Longs.slot(key, size);
    while (true) {
      long found = entries[2 * slot + 1];
      if (found == 0) {
        return NONE;
      }
      if (entries[2 * slot] == key && (int) (found >>> 32) == length) {
        int token = (int) found;
        if (length <= Long.BYTES || isToken(token, text, from, to)) {
          return token;
        }
      }
      slot = next(slot);
    }
  }

  private static long key(byte[] text, int from, int to) {
    long head = Longs.at(text, from);
    int length = to - from;
    if (length <= Long.BYTES) {
      return head & -1L >>> (Long.SIZE - Byte.SIZE * length);
    }
    return (head * 0xC2B2AE3D27D4EB4FL ^ Longs.at(text, to - Long.BYTES)) + length;
  }

  private boolean isToken(int token, byte[] text, int from, int to) {
    int offset = offsets[token];
    return Arrays.equals(bytes, offset, offset + to - from, text, from, to);
  }

  private int next(int slot) {
    return slot + 1 == size ? 0 : slot + 1;
  }
}
