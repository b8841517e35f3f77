package io.tokenmeter.engine.ledger;

/**
 * What was told of a row, in one word, so that of all processes one tells it: a byte for each
 * channel that alerts go out by, and one for the statement. A channel's byte is the highest
 * threshold, in percent, that went out by it; what is spent only grows in a window, so the lower
 * ones went out before. A row of the next window starts with nothing told.
 */
public final class Marks {
  /** The highest threshold that a byte can hold, in percent. */
  public static final int MAX_PERCENT = 255;

  private static final int STATED_CHANNEL = 7;

  private static final long COUNT_MASK = (1L << STATED_CHANNEL * Byte.SIZE) - 1;

  private Marks() {}

  /**
   * The highest threshold that went out by a channel, in percent; 0 for none.
   *
   * @param channel 0 to 6
   */
  public static int told(long marks, int channel) {
    return (int) (marks >>> (channel * Byte.SIZE)) & 0xff;
  }

  /** The marks with another threshold for a channel. */
  public static long withTold(long marks, int channel, int percent) {
    int shift = channel * Byte.SIZE;
    return (marks & ~(0xffL << shift)) | ((long) percent << shift);
  }

  /** Whether the row is in a statement. */
  static boolean stated(long marks) {
    return told(marks, STATED_CHANNEL) != 0;
  }

  /** Of a spend row, of which nothing else is told: how many calls had no known price. */
  static long unpriced(long marks) {
    return marks & COUNT_MASK;
  }

  static long withStated(long marks) {
    return withTold(marks, STATED_CHANNEL, 1);
  }
}
