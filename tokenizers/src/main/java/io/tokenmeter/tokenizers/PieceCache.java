package io.tokenmeter.tokenizers;

/**
 * Remembers how many tokens short pieces have: few pieces make up most of any text, and here they
 * stay within the processor's own cache, which the vocabulary does not. The latest piece of a slot
 * wins. All threads share it without any order between them.
 *
 * <p>An entry is two longs with all bytes of the piece, so that a hit is right: six bytes from the
 * ninth on, the length (8 bits) and the tokens (8 bits); and the first eight bytes, exclusive-or
 * the other long. Where two threads write one entry at once, what is left of both fits no piece, as
 * with the lockless tables of chess programs.
 */
final class PieceCache {
  /** The longest piece that is remembered, in bytes. */
  static final int LONGEST = 14;

  /** What {@link #tokens} returns for a piece that is not remembered. */
  static final int UNKNOWN = 0;

  private static final int SLOTS = 32768;
  private static final int LENGTH_SHIFT = 48;
  private static final int TOKENS_SHIFT = 56;
  private static final long ALL_BUT_TOKENS = -1L >>> 8;

  private final long[] entries = new long[2 * SLOTS];

  /** The tokens of a piece of at most {@value #LONGEST} bytes. */
  int tokens(byte[] text, int from, int to) {
    long head = head(text, from, to);
    long tail = tail(text, from, to);
    int index = index(head, tail);
    long known = entries[index];
    return (known & ALL_BUT_TOKENS) == tail && (entries[index + 1] ^ known) == head
        ? (int) (known >>> TOKENS_SHIFT)
        : UNKNOWN;
  }

  /** Remembers a piece of at most {@value #LONGEST} bytes. */
  void put(byte[] text, int from, int to, int tokens) {
    long head = head(text, from, to);
    long tail = tail(text, from, to);
    int index = index(head, tail);
    long known = (long) tokens << TOKENS_SHIFT | tail;
    entries[index] = known;
    entries[index + 1] = head ^ known;
  }

  private static long head(byte[] text, int from, int to) {
    int length = to - from;
    long head = Longs.at(text, from);
    return length >= Long.BYTES ? head : head & -1L >>> (Long.SIZE - Byte.SIZE * length);
  }

  /** With the length, so that a piece is not taken for one with zero bytes behind it. */
  private static long tail(byte[] text, int from, int to) {
    int length = to - from;
    long tail =
        length <= Long.BYTES
            ? 0
            : Longs.at(text, from + Long.BYTES)
                & -1L >>> (Long.SIZE - Byte.SIZE * (length - Long.BYTES));
    return tail | (long) length << LENGTH_SHIFT;
  }

  private static int index(long head, long tail) {
    return 2 * Longs.slot(head ^ tail * 0xC2B2AE3D27D4EB4FL, SLOTS);
  }
}
