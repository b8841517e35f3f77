package io.tokenmeter.tokenizers;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tokens that only a whole piece can be: an open-addressed table, so that nothing is copied to look
 * one up. Immutable.
 */
final class WholeTokens {
  static final int NONE = -1;

  /** Drawn at random, so that no file can be made whose tokens all fall into one slot. */
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

  /** Empty where there is none. */
  private final byte[][] tokens;

  private final int[] ids;

  /**
   * @param tokens their bytes, all different
   * @param ids the id of each
   */
  WholeTokens(List<byte[]> tokens, List<Integer> ids) {
    this.tokens = new byte[2 * tokens.size() + 1][];
    this.ids = new int[this.tokens.length];
    Arrays.fill(this.tokens, new byte[0]);
    for (int i = 0; i < tokens.size(); i++) {
      byte[] token = tokens.get(i);
      int slot = slot(token, 0, token.length);
      while (this.tokens[slot].length > 0) {
        slot = next(slot);
      }
      this.tokens[slot] = token;
      this.ids[slot] = ids.get(i);
    }
  }

  /** The id of the token that consists of these bytes, or {@link #NONE}. */
  int find(byte[] text, int from, int to) {
    int slot = slot(text, from, to);
    while (tokens[slot].length > 0) {
      byte[] token = tokens[slot];
      if (Arrays.equals(token, 0, token.length, text, from, to)) {
        return ids[slot];
      }
      slot = next(slot);
    }
    return NONE;
  }

  private int slot(byte[] text, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      hash = (hash + text[i]) * multiplier;
    }
    return Longs.slot(hash, tokens.length);
  }

  private int next(int slot) {
    return slot + 1 == tokens.length ? 0 : slot + 1;
  }
}
