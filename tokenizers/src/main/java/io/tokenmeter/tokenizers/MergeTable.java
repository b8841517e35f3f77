package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * Which token two tokens merge into, and which tokens can stand side by side. Filled by one thread,
 * then used by all; what it remembers of their questions is a single long each.
 *
 * <p>An entry is one long: the left token, the right token, and the one they merge into plus one,
 * in {@value #BITS} bits each.
 */
final class MergeTable {
  private static final int BITS = 20;
  private static final int REMEMBERED = 8192;
  private static final int LOWEST = (1 << BITS) - 1;

  /** The two tokens that merge into each one: the left one in the upper half. */
  private final long[] parts;

  private final long[] entries;

  /**
   * One bit for the hash of each pair that merges, eight bits a pair. Most pairs that are looked up
   * do not merge; this says so out of the processor's own cache, which the entries do not fit in.
   */
  private final long[] filter;

  /** Pairs that were looked into before: the pair plus one, and in the lowest bit the answer. */
  private final long[] remembered = new long[REMEMBERED];

  /**
   * The latest merge that goes into each token, where that is not always the one that makes it; or
   * null.
   */
  private int @Nullable [] latest;

  /** For a vocabulary of at most 2^{@value #BITS} ids. */
  MergeTable(int ids) {
    if (ids >= LOWEST) {
      throw new IllegalArgumentException(
          "a vocabulary of " + ids + " ids; at most " + (LOWEST - 1) + " are supported");
    }
    this.parts = new long[ids];
    this.entries = new long[ids + ids / 2 + 1];
    this.filter = new long[Integer.highestOneBit(ids) / 4];
  }

  /** A token that nothing merges into. */
  void addAtom(int token) {
    parts[token] = (long) token << Integer.SIZE | token;
  }

  void addMerge(int leftToken, int rightToken, int token) {
    parts[token] = (long) leftToken << Integer.SIZE | rightToken;
    long key = key(leftToken, rightToken);
    int bit = Longs.slot(key, filter.length << 6);
    filter[bit >>> 6] |= 1L << bit;
    int slot = Longs.slot(key, entries.length);
    while (entries[slot] != 0) {
      slot = next(slot);
    }
    entries[slot] = key << BITS | (token + 1);
  }

  /** To be called once all merges are added, if tokens merge out of ones that are made later. */
  void setLatestMerges(int[] latestByToken) {
    latest = latestByToken;
  }

  /** The token that these two merge into, or {@link Integer#MAX_VALUE}. */
  private int merged(int leftToken, int rightToken) {
    long key = key(leftToken, rightToken);
    int bit = Longs.slot(key, filter.length << 6);
    if ((filter[bit >>> 6] & 1L << bit) == 0) {
      return Integer.MAX_VALUE;
    }
    int slot = Longs.slot(key, entries.length);
    while (entries[slot] != 0) {
      if (entries[slot] >>> BITS == key) {
        return (int) (entries[slot] & LOWEST) - 1;
      }
      slot = next(slot);
    }
    return Integer.MAX_VALUE;
  }

  /**
   * Whether the bytes of these two tokens encode to just these two.
   *
   * <p>They do unless some merge across their border would have come before the merges that made
   * them. So the merges are undone, the latest first, and at each step the pair at the border is
   * looked up: a merge of it that is earlier than what was undone last would have happened. Merges
   * of one rank happen from left to right.
   *
   * <p>Answers are remembered, by all threads without any order between them.
   */
  boolean canFollow(int leftToken, int rightToken) {
    long pair = key(leftToken, rightToken);
    int slot = Longs.slot(pair, REMEMBERED);
    long known = remembered[slot];
    if (known >>> 1 == pair + 1) {
      return (known & 1) == 1;
    }
    boolean valid =
        latest == null
            ? isValid(leftToken, rightToken)
            : isValidOutOfOrder(leftToken, rightToken, latest);
    remembered[slot] = (pair + 1) << 1 | (valid ? 1 : 0);
    return valid;
  }

  private boolean isValid(int leftToken, int rightToken) {
    int before = leftToken;
    int after = rightToken;
    int limit = Integer.MAX_VALUE;
    while (true) {
      if (merged(before, after) < limit) {
        return false;
      }
      if (before > after) {
        limit = before;
        before = right(before);
        if (before == limit) {
          limit = after + 1;
          after = left(after);
          if (after + 1 == limit) {
            return true;
          }
        }
      } else {
        limit = after + 1;
        after = left(after);
        if (after + 1 == limit) {
          limit = before;
          before = right(before);
          if (before == limit) {
            return true;
          }
        }
      }
    }
  }

  /**
   * As {@link #isValid}, where a token may merge out of one that a later merge makes, and then does
   * at once. So it is there as early as the latest merge that goes into it, and what is undone next
   * is what was there last. A merge across the border would have come first if, from when both
   * neighbours were there until one of them was used up, a merge had its turn that is later than
   * it.
   */
  private boolean isValidOutOfOrder(int leftToken, int rightToken, int[] thereSince) {
    int before = leftToken;
    int after = rightToken;
    int limit = Integer.MAX_VALUE;
    while (merged(before, after) >= limit) {
      if (isAtom(before) && isAtom(after)) {
        return true;
      }
      if (thereSince[before] > thereSince[after]) {
        int undone = before;
        before = right(undone);
        limit = thereSince[undone] > thereSince[before] ? thereSince[undone] : undone;
      } else {
        int undone = after;
        after = left(undone);
        int since = thereSince[undone];
        boolean waited = since > thereSince[after] || since == thereSince[right(undone)];
        limit = (waited ? since : undone) + 1;
      }
    }
    return false;
  }

  private boolean isAtom(int token) {
    return left(token) == token;
  }

  private int left(int token) {
    return (int) (parts[token] >>> Integer.SIZE);
  }

  private int right(int token) {
    return (int) parts[token];
  }

  private int next(int slot) {
    return slot + 1 == entries.length ? 0 : slot + 1;
  }

  private static long key(int leftToken, int rightToken) {
    return (long) leftToken << BITS | rightToken;
  }
}
