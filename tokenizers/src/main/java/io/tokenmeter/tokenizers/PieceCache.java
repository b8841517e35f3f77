package io.tokenmeter.tokenizers;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Remembers how many tokens pieces have: few pieces make up most of any text, and here they stay
 * within the processor's own cache, which the vocabulary does not. The latest pieces win. All
 * threads share it without any order between them.
 *
 * <p>A piece's key is two longs: a head, and a tail of 48 bits and the length (8 bits). Up to
 * {@value #LONGEST_VERBATIM} bytes they are the piece itself. For longer ones they are a hash whose
 * multipliers are drawn at random when the process starts: that two pieces of a text, whoever wrote
 * it, have one key is less likely than that the machine errs.
 *
 * <p>An entry is the tail with the number of tokens in its highest 8 bits; and the head, exclusive-
 * or the other long. Where two threads write one entry at once, what is left of both fits no piece,
 * as with the lockless tables of chess programs.
 */
final class PieceCache {
  /** The longest piece that is remembered, in bytes. */
  static final int LONGEST = 255;

  /** What {@link #tokens} returns for a piece that is not remembered. */
  static final int UNKNOWN = 0;

  private static final int LONGEST_VERBATIM = 14;
  private static final int FEWEST_SLOTS = 8192;
  private static final int MOST_SLOTS = 131072;

  private static final int LONGS_AN_ENTRY = 2;

  /** Four entries: a cache line. */
  private static final int LONGS_A_SET = 4 * LONGS_AN_ENTRY;

  private static final int LENGTH_SHIFT = 48;
  private static final int TOKENS_SHIFT = 56;
  private static final long TAIL_BITS = -1L >>> Long.SIZE - LENGTH_SHIFT;
  private static final long ALL_BUT_TOKENS = -1L >>> Byte.SIZE;

  /** By the length of a piece that is kept verbatim, which bytes of the key's halves are its. */
  private static final long[] HEAD = new long[LONGEST_VERBATIM + 1];

  private static final long[] TAIL = new long[LONGEST_VERBATIM + 1];

  static {
    for (int length = 1; length <= LONGEST_VERBATIM; length++) {
      int inTail = Math.max(0, length - Long.BYTES);
      HEAD[length] = -1L >>> Long.SIZE - Byte.SIZE * (length - inTail);
      TAIL[length] = (1L << Byte.SIZE * inTail) - 1;
    }
  }

  private static final long[] MULTIPLIERS = new long[4];

  static {
    for (int i = 0; i < MULTIPLIERS.length; i++) {
      MULTIPLIERS[i] = ThreadLocalRandom.current().nextLong();
    }
  }

  /** Replaced by one of twice the size when half of it may be full. */
  private long[] entries = new long[LONGS_AN_ENTRY * FEWEST_SLOTS];

  private int puts;

  /**
   * The tokens of the piece of that key. All entries of the set are looked at without a branch:
   * which one it is cannot be predicted.
   */
  int tokens(long head, long tail) {
    long[] entries = this.entries;
    int set = set(head, tail, entries.length);
    return (int)
        ((tokensIf(entries[set], entries[set + 1], head, tail)
                | tokensIf(entries[set + 2], entries[set + 3], head, tail)
                | tokensIf(entries[set + 4], entries[set + 5], head, tail)
                | tokensIf(entries[set + 6], entries[set + 7], head, tail))
            >>> TOKENS_SHIFT);
  }

  /** The known tail with its tokens if it is this one's, else 0. */
  private static long tokensIf(long known, long headAndKnown, long head, long tail) {
    long difference = (known ^ tail) & ALL_BUT_TOKENS | headAndKnown ^ known ^ head;
    return known & ~((difference | -difference) >> Long.SIZE - 1);
  }

  /** Remembers the tokens of the piece of that key, at least one and at most {@value #LONGEST}. */
  void put(long head, long tail, int tokens) {
    long[] entries = this.entries;
    int number = puts++;
    int slots = entries.length / LONGS_AN_ENTRY;
    if (number >= slots / 2 && slots < MOST_SLOTS) {
      entries = twice(entries);
      this.entries = entries;
    }
    long known = (long) tokens << TOKENS_SHIFT | tail;
    put(entries, set(head, tail, entries.length), number, known, head ^ known);
  }

  private static long[] twice(long[] entries) {
    long[] twice = new long[2 * entries.length];
    for (int i = 0; i < entries.length; i += LONGS_AN_ENTRY) {
      long known = entries[i];
      long headAndKnown = entries[i + 1];
      if (known != 0) {
        int set = set(headAndKnown ^ known, known & ALL_BUT_TOKENS, twice.length);
        put(twice, set, i / LONGS_AN_ENTRY, known, headAndKnown);
      }
    }
    return twice;
  }

  private static void put(long[] entries, int set, int number, long known, long headAndKnown) {
    // Any way of a full set: with the oldest one, texts that come in turn would evict each other.
    int index = set + number * LONGS_AN_ENTRY % LONGS_A_SET;
    for (int i = set; i < set + LONGS_A_SET; i += LONGS_AN_ENTRY) {
      if (entries[i] == 0) {
        index = i;
      }
    }
    entries[index] = known;
    entries[index + 1] = headAndKnown;
  }

  /** The first half of the key of a piece of at most {@value #LONGEST} bytes. */
  static long head(byte[] text, int from, int to) {
    int length = to - from;
    if (length > LONGEST_VERBATIM) {
      return hash(text, from, to, 0);
    }
    return Longs.at(text, from) & HEAD[length];
  }

  /** The second half of that key. */
  static long tail(byte[] text, int from, int to) {
    int length = to - from;
    long tail =
        length > LONGEST_VERBATIM
            ? hash(text, from, to, 2) & TAIL_BITS
            : Longs.at(text, from + Long.BYTES) & TAIL[length];
    // With the length, so that a piece is not taken for one with zero bytes behind it.
    return tail | (long) length << LENGTH_SHIFT;
  }

  private static long hash(byte[] text, int from, int to, int multiplier) {
    long one = MULTIPLIERS[multiplier];
    long other = MULTIPLIERS[multiplier + 1];
    long hash = to - from;
    int at = from;
    for (; at + 2 * Long.BYTES <= to; at += 2 * Long.BYTES) {
      hash = mix(Longs.at(text, at) ^ one ^ hash, Longs.at(text, at + Long.BYTES) ^ other);
    }
    // The rest, with bytes that were there before: pieces of this length are longer than that.
    return mix(
        Longs.at(text, Math.max(from, to - 2 * Long.BYTES)) ^ other ^ hash,
        Longs.at(text, to - Long.BYTES) ^ one);
  }

  private static long mix(long left, long right) {
    return left * right ^ Math.multiplyHigh(left, right);
  }

  private static int set(long head, long tail, int length) {
    return Longs.slot(head ^ tail * 0xC2B2AE3D27D4EB4FL, length / LONGS_A_SET) * LONGS_A_SET;
  }
}
