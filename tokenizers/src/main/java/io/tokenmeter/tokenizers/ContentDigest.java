package io.tokenmeter.tokenizers;

/**
 * By which a {@link RequestMemory} knows a part of a request again: 128 bits of a keyed hash over
 * its bytes. What one part was made into (a message, several tools) carries the same object.
 *
 * @param marks bits that the dialect wants to be told again with the part; what they mean is its
 *     own business
 */
public record ContentDigest(long high, long low, int marks) {
  /** All bits that are kept. */
  public static final int ALL_MARKS = 0x7F;
}
