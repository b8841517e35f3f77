package io.tokenmeter.engine.ledger;

/**
 * What was told of a row, in one word, so that of all processes one tells it. A row of the next
 * window starts with nothing told.
 *
 * <pre>
 *   budget:  lines : 8 | raise : 24 | threshold told by way 3 : 8 | 2 : 8 | 1 : 8 | 0 : 8
 *   spend:   lines : 8 | calls on record, modulo 2^24 : 24 | calls without a known price : 32
 * </pre>
 *
 * A way's byte is the highest threshold, in percent, that went out by it; what is spent only grows
 * in a window, so the lower ones went out before. It goes by the limit that was in force: the raise
 * stands for what people had laid on top of it, 0 for nothing. Lines are those of statements that
 * say what was spent in the row.
 */
public final class Marks {
  /** The highest threshold that a byte can hold, in percent. */
  public static final int MAX_PERCENT = 255;

  private static final int LINES_CHANNEL = 7;
  private static final int MAX_LINES = 255;
  private static final long UNPRICED_MASK = 0xffff_ffffL;
  private static final int MIDDLE_SHIFT = 32;
  private static final long MIDDLE_MASK = 0xff_ffffL;

  private Marks() {}

  /**
   * The highest threshold that went out by a channel, in percent; 0 for none.
   *
   * @param channel 0 to 3
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
    return middle(marks) == (calls & MIDDLE_MASK);
  }

  static long withOnRecord(long marks, long calls) {
    return withMiddle(marks, calls & MIDDLE_MASK);
  }

  /** Whether what was told goes by a limit that was raised by so much. */
  public static boolean goesBy(long marks, long raised) {
    return middle(marks) == raise(raised);
  }

  /** What was told is to go by a limit that is raised by so much. */
  public static long goingBy(long marks, long raised) {
    return withMiddle(marks, raise(raised));
  }

  private static long raise(long amount) {
    return amount == 0 ? 0 : Math.max(1, KeyHash.mix(0, amount) & MIDDLE_MASK);
  }

  private static long middle(long marks) {
    return marks >>> MIDDLE_SHIFT & MIDDLE_MASK;
  }

  private static long withMiddle(long marks, long middle) {
    return marks & ~(MIDDLE_MASK << MIDDLE_SHIFT) | middle << MIDDLE_SHIFT;
  }
}
