package io.tokenmeter.engine.ledger;

/**
 * What was told of a row, in one word, so that of all processes one tells it. A row of the next
 * window starts with nothing told.
 *
 * <pre>
 *   budget:  lines : 8 | (nothing) : 24 | threshold told by way 3 : 8 | 2 : 8 | 1 : 8 | 0 : 8
 *   spend:   lines : 8 | calls on record, modulo 2^24 : 24 | calls without a known price : 32
 * </pre>
 *
 * A way's byte is the highest threshold, in percent, that went out by it; what is spent only grows
 * in a window, so the lower ones went out before. Lines are those of statements that say what was
 * spent in the row.
 */
public final class Marks {
  /** The highest threshold that a byte can hold, in percent. */
  public static final int MAX_PERCENT = 255;

  private static final int LINES_CHANNEL = 7;
  private static final int MAX_LINES = 255;
  private static final long UNPRICED_MASK = 0xffff_ffffL;
  private static final int CALLS_SHIFT = 32;
  private static final long CALLS_MASK = 0xff_ffffL;

  private Marks() {}

  /**
   * The highest threshold that went out by a channel, in percent; 0 for none.
   *
   * @param channel 0 to 6; of a spend row none
   */
  public static int told(long marks, int channel) {
    return (int) (marks >>> (channel * Byte.SIZE)) & 0xff;
  }

  /** The marks with another threshold for a channel. */
  public static long withTold(long marks, int channel, int percent) {
    int shift = channel * Byte.SIZE;
    return (marks & ~(0xffL << shift)) | ((long) percent << shift);
  }

  /** How many lines of statements the row has; {@value #MAX_LINES} for that many or more. */
  static int lines(long marks) {
    return told(marks, LINES_CHANNEL);
  }

  static long withOneMoreLine(long marks) {
    return withTold(marks, LINES_CHANNEL, Math.min(MAX_LINES, lines(marks) + 1));
  }

  /** Of a spend row: how many calls had no known price; at most 2^32 - 1. */
  static long unpriced(long marks) {
    return marks & UNPRICED_MASK;
  }

  static long withOneMoreUnpriced(long marks) {
    return unpriced(marks) == UNPRICED_MASK ? marks : marks + 1;
  }

  /** Of a spend row: whether so many calls are on record, or 2^24 more or fewer. */
  static boolean hasOnRecord(long marks, long calls) {
    return (marks >>> CALLS_SHIFT & CALLS_MASK) == (calls & CALLS_MASK);
  }

  static long withOnRecord(long marks, long calls) {
    return marks & ~(CALLS_MASK << CALLS_SHIFT) | (calls & CALLS_MASK) << CALLS_SHIFT;
  }
}
