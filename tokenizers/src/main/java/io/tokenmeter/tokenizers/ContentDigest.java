package io.tokenmeter.tokenizers;

/**
 * By which a {@link RequestMemory} knows a part of a request again: 128 bits of a keyed hash over
 * its bytes. What one part was made into (a message, several tools) carries the same object.
 *
 * @param mark what the dialect wants to be told again with the part, from 0 to 7; its own business
 */
public record ContentDigest(long high, long low, int mark) {
  /** The highest mark. */
  public static final int MAX_MARK = 7;

  public ContentDigest {
    if (mark < 0 || mark > MAX_MARK) {
      throw new IllegalArgumentException("expected a mark from 0 to 7, but was " + mark);
    }
  }
}
