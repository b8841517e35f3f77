package io.tokenmeter.tokenizers;

import org.jspecify.annotations.Nullable;

/**
 * Which token two tokens merge into, and which tokens can stand side by side. Immutable but for
 * what it remembers of its answers, a single long each.
 */
final class MergeTable {
  /** What each token merges from takes so many bytes of the constructor's argument. */
  static final int BYTES_A_TOKEN = 5;

  private static final int BITS = 20;
  private static final int LOWEST = (1 << BITS) - 1;
  private static final long PARTS = (1L << 2 * BITS) - 1;
  private static final int REMEMBERED = 8192;
  private static final int BITS_AN_ID = 16;

  /** By token, in five bytes: the two tokens that merge into it. */
  private final byte[] parts;

  /**
   * By the hash of the two tokens, open-addressed: the one they merge into plus one (20 bits) and
   * twelve more bits of the hash. Which two tokens it is for is known from {@link #parts}.
   */
  private final int[] entries;

  /**
   * One bit for the hash of each pair that merges, eight bits a pair or more. Most pairs that are
   * looked up do not merge; this says so out of the processor's own cache, which the entries do not
   * fit in.
   */
  private final long[] filter;

  private final Borders borders;

  /** Pairs that were looked into before: the pair plus one, and in the lowest bit the answer. */
  private final long[] remembered = new long[REMEMBERED];

  /**
   * The latest merge that goes into each token, where that is not always the one that makes it; or
   * null.
   */
  private int @Nullable [] latest;

  /**
   * Of tables that are filled already, as {@link #of} fills them.
   *
   * @param parts for each id {@value #BYTES_A_TOKEN} bytes, lowest first, and at the end {@link
   *     Longs#PADDING}: the two tokens that merge into it, the left one in the lower {@value #BITS}
   *     bits; the token itself twice if nothing merges into it
   */
  MergeTable(byte[] parts, int[] entries, long[] filter, Borders borders) {
    this.parts = parts;
    this.entries = entries;
    this.filter = filter;
    this.borders = borders;
  }

  /**
   * Fills the tables of a vocabulary of at most 2^{@value #BITS} ids.
   *
   * @param parts as the constructor has them
   * @param bytes all tokens one after the other
   * @param offsets where each token starts; one more for the end
   */
  static MergeTable of(byte[] parts, byte[] bytes, int[] offsets) {
    int ids = offsets.length - 1;
    if (ids >= LOWEST) {
      throw new IllegalArgumentException(
          "a vocabulary of " + ids + " ids; at most " + (LOWEST - 1) + " are supported");
    }
    int[] entries = new int[ids + ids / 2 + 1];
    long[] filter = new long[Math.max(1, Integer.highestOneBit(ids) * BITS_AN_ID / Long.SIZE)];
    MergeTable table = new MergeTable(parts, entries, filter, new Borders(ids));
    for (int token = 0; token < ids; token++) {
      int left = table.left(token);
      if (left != token) {
        table.add(pair(left, table.right(token)), token);
        int border = offsets[token] + offsets[left + 1] - offsets[left];
        table.borders.add(bytes, offsets[token], border, offsets[token + 1]);
      }
    }
    return table;
  }

  private void add(long pair, int token) {
    long hash = hash(pair);
    int bit = (int) (hash >>> 40) & (filter.length << 6) - 1;
    filter[bit >>> 6] |= 1L << bit;
    int slot = slot(hash);
    while (entries[slot] != 0) {
      slot = next(slot);
    }
    entries[slot] = (int) hash & ~LOWEST | (token + 1);
  }

  /** To be written into a file by the build, as are the next two. */
  int[] entries() {
    return entries;
  }

  long[] filter() {
    return filter;
  }

  Borders borders() {
    return borders;
  }

  /** To be called once all merges are added, if tokens merge out of ones that are made later. */
  void setLatestMerges(int[] latestByToken) {
    latest = latestByToken;
  }

  /** The token that these two merge into, or {@link Integer#MAX_VALUE}. */
  private int merged(int leftToken, int rightToken) {
    long pair = pair(leftToken, rightToken);
    long hash = hash(pair);
    int bit = (int) (hash >>> 40) & (filter.length << 6) - 1;
    if ((filter[bit >>> 6] & 1L << bit) == 0) {
      return Integer.MAX_VALUE;
    }
    int slot = slot(hash);
    while (true) {
      int entry = entries[slot];
      if (entry == 0) {
        return Integer.MAX_VALUE;
      }
      if ((entry ^ (int) hash) >>> BITS == 0) {
        int token = (entry & LOWEST) - 1;
        if (parts(token) == pair) {
          return token;
        }
      }
      slot = next(slot);
    }
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
   *
   * @param border where the right token starts in the text
   */
  boolean canFollow(int leftToken, int rightToken, byte[] text, int border) {
    if (border >= Borders.BYTES_BEFORE && !borders.mayMerge(text, border)) {
      return true;
    }
    long pair = pair(leftToken, rightToken);
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

  /** Fills in what a token merges from. */
  static void putParts(byte[] parts, int token, int leftToken, int rightToken) {
    long pair = pair(leftToken, rightToken);
    for (int i = 0; i < BYTES_A_TOKEN; i++) {
      parts[BYTES_A_TOKEN * token + i] = (byte) (pair >>> Byte.SIZE * i);
    }
  }

  private long parts(int token) {
    return Longs.at(parts, BYTES_A_TOKEN * token) & PARTS;
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
    return (int) parts(token) & LOWEST;
  }

  private int right(int token) {
    return (int) (parts(token) >>> BITS);
  }

  private int slot(long hash) {
    return (int) (((hash >>> 32) * entries.length) >>> 32);
  }

  private int next(int slot) {
    return slot + 1 == entries.length ? 0 : slot + 1;
  }

  private static long pair(int leftToken, int rightToken) {
    return (long) rightToken << BITS | leftToken;
  }

  /** All bits depend on all bits: slot, filter bit and the bits kept in the entry are apart. */
  private static long hash(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    return (hash ^ hash >>> 32) * 0xC2B2AE3D27D4EB4FL;
  }
}
