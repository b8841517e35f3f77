package io.tokenmeter.tokenizers;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The merges of a model as its file lists them, from the first to be made to the last: several may
 * make one token, and a token's id says nothing about its place. Filled, then read.
 *
 * <p>Whatever the text, at most one of the merges that make a token is ever made: the one by which
 * the token's own text becomes that token, if it does. For what stands beside the text changes
 * nothing as long as nothing merges across its borders.
 */
final class MergeRules {
  static final int NONE = -1;

  private int[] left = new int[1024];
  private int[] right = new int[1024];
  private int[] merged = new int[1024];
  private int size;

  /** The pairs and their ranks plus one: open addressing. */
  private long[] keys = new long[2048];

  private int[] ranks = new int[2048];

  /** Drawn at random, so that no file can be made whose pairs all fall into one slot. */
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

  private int[] symbols = new int[64];
  private int[] ranksOfPairs = new int[64];

  /** Adds the next merge. A pair that is listed twice counts where it is listed last. */
  void add(int leftToken, int rightToken, int mergedToken) {
    if (size == left.length) {
      grow();
    }
    left[size] = leftToken;
    right[size] = rightToken;
    merged[size] = mergedToken;
    size++;
    enter(size - 1);
  }

  private void enter(int rank) {
    long key = key(left[rank], right[rank]);
    int slot = Longs.slot(key * multiplier, keys.length);
    while (ranks[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 == keys.length ? 0 : slot + 1;
    }
    keys[slot] = key;
    ranks[slot] = rank + 1;
  }

  private void grow() {
    left = Arrays.copyOf(left, 2 * size);
    right = Arrays.copyOf(right, 2 * size);
    merged = Arrays.copyOf(merged, 2 * size);
    keys = new long[4 * size];
    ranks = new int[4 * size];
    for (int rank = 0; rank < size; rank++) {
      enter(rank);
    }
  }

  int size() {
    return size;
  }

  int left(int rank) {
    return left[rank];
  }

  int right(int rank) {
    return right[rank];
  }

  int merged(int rank) {
    return merged[rank];
  }

  /**
   * The rank of the merge that turns these units of text into the token, or {@link #NONE} if they
   * do not become that token.
   *
   * @param units the tokens of single units, at least two
   */
  int lastMerge(int[] units, int count, int token) {
    if (count > symbols.length) {
      symbols = new int[count];
      ranksOfPairs = new int[count];
    }
    System.arraycopy(units, 0, symbols, 0, count);
    for (int i = 0; i + 1 < count; i++) {
      ranksOfPairs[i] = rank(symbols[i], symbols[i + 1]);
    }
    int length = count;
    int rank = NONE;
    while (length > 1) {
      int at = first(length - 1);
      if (at < 0) {
        return NONE;
      }
      rank = ranksOfPairs[at];
      symbols[at] = merged[rank];
      length--;
      System.arraycopy(symbols, at + 2, symbols, at + 1, length - at - 1);
      System.arraycopy(ranksOfPairs, at + 1, ranksOfPairs, at, length - at - 1);
      if (at + 1 < length) {
        ranksOfPairs[at] = rank(symbols[at], symbols[at + 1]);
      }
      if (at > 0) {
        ranksOfPairs[at - 1] = rank(symbols[at - 1], symbols[at]);
      }
    }
    return symbols[0] == token ? rank : NONE;
  }

  /** The leftmost of the pairs that merge first, or -1. */
  private int first(int pairs) {
    int best = -1;
    int bestRank = Integer.MAX_VALUE;
    for (int i = 0; i < pairs; i++) {
      if (ranksOfPairs[i] != NONE && ranksOfPairs[i] < bestRank) {
        best = i;
        bestRank = ranksOfPairs[i];
      }
    }
    return best;
  }

  private int rank(int leftToken, int rightToken) {
    long key = key(leftToken, rightToken);
    int slot = Longs.slot(key * multiplier, keys.length);
    while (ranks[slot] != 0) {
      if (keys[slot] == key) {
        return ranks[slot] - 1;
      }
      slot = slot + 1 == keys.length ? 0 : slot + 1;
    }
    return NONE;
  }

  private static long key(int leftToken, int rightToken) {
    return (long) leftToken << Integer.SIZE | rightToken;
  }
}
