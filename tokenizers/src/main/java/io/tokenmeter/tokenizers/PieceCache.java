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
  private static final int MOST_SLOTS = 65536;

  /** Four entries of two longs: a cache line. */
  private static final int LONGS_A_SET = 8;

  private static final int LENGTH_SHIFT = 48;
  private static final int TOKENS_SHIFT = 56;
  private static final long TAIL_BITS = -1L >>> Long.SIZE - LENGTH_SHIFT;
  private static final long ALL_BUT_TOKENS = -1L >>> Byte.SIZE;

  private static final long[] MULTIPLIERS = new long[4];

  static {
    for (int i = 0; i < MULTIPLIERS.length; i++) {
      MULTIPLIERS[i] = ThreadLocalRandom.current().nextLong();
    }
  }

  /** Replaced by one of twice the size, and empty, when more pieces came than it has room for. */
  private long[] entries = new long[2 * FEWEST_SLOTS];

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
    int number = puts++;
    if (number >= entries.length / 2 && entries.length < 2 * MOST_SLOTS) {
      entries = new long[2 * entries.length];
      puts = 0;
    }
    long[] entries = this.entries;
    // Any way of the set: with the oldest one, texts that come in turn would evict each other.
    int index = set(head, tail, entries.length) + (number * 2 & LONGS_A_SET - 1);
    long known = (long) tokens << TOKENS_SHIFT | tail;
    entries[index] = known;
    entries[index + 1] = head ^ known;
  }

  /** The first half of the key of a piece of at most {@value #LONGEST} bytes. */
  static long head(byte[] text, int from, int to) {
    int length = to - from;
    if (length > LONGEST_VERBATIM) {
      return hash(text, from, to, 0);
    }
    long head = Longs.at(text, from);
    return length >= Long.BYTES ? head : head & -1L >>> (Long.SIZE - Byte.SIZE * length);
  }

  /** The second half of that key. */
  static long tail(byte[] text, int from, int to) {
    int length = to - from;
    long tail = 0;
    if (length > LONGEST_VERBATIM) {
      tail = hash(text, from, to, 2) & TAIL_BITS;
    } else if (length > Long.BYTES) {
      tail =
          Longs.at(text, from + Long.BYTES)
              & -1L >>> (Long.SIZE - Byte.SIZE * (length - Long.BYTES));
    }
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
