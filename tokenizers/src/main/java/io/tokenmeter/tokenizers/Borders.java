package io.tokenmeter.tokenizers;

/**
 * Between which bytes merges happen, for a quick answer to whether any merge could reach over the
 * border of two tokens: in text of many different characters hardly one could. Immutable once
 * filled.
 *
 * <p>A merge joins a left token that ends with certain bytes and a right one that starts with
 * certain bytes. Of either side the two bytes next to the border are looked at, or the only one.
 * What is kept is a bit by the hash of these, so an answer can be a wrong yes, but never a wrong
 * no.
 */
final class Borders {
  /** Borders with less before them cannot be looked up. */
  static final int BYTES_BEFORE = 2;

  private static final int BITS_AN_ID = 16;

  private static final long AROUND = 0xFFFF_FFFFL;
  private static final long ONE_BEFORE = AROUND & ~0xFFL;
  private static final long ONE_BEHIND = AROUND >>> 8;

  /** Tell apart what is looked at, so that a byte that is not does not count as zero. */
  private static final long ONE_BEFORE_MARK = 1L << 32;

  private static final long ONE_BEHIND_MARK = 1L << 33;

  private final long[] bits;
  private final int shift;

  Borders(int ids) {
    this(new long[Math.max(1, Integer.highestOneBit(ids) * BITS_AN_ID / Long.SIZE)]);
  }

  /**
   * @param bits of borders that are filled already
   */
  Borders(long[] bits) {
    this.bits = bits;
    this.shift = Long.numberOfLeadingZeros(bits.length) + 1 - 6;
  }

  /** To be written into a file by the build. */
  long[] bits() {
    return bits;
  }

  /** Adds the merge of the bytes {@code from .. border - 1} with those up to {@code to}. */
  void add(byte[] bytes, int from, int border, int to) {
    long key = 0;
    for (int at = Math.max(from, border - 2); at < Math.min(to, border + 2); at++) {
      key |= (bytes[at] & 0xFFL) << Byte.SIZE * (at - border + 2);
    }
    if (border - from == 1) {
      key |= ONE_BEFORE_MARK;
    }
    if (to - border == 1) {
      key |= ONE_BEHIND_MARK;
    }
    long hash = hash(key);
    bits[(int) (hash >>> 6)] |= 1L << hash;
  }

  /**
   * Whether there may be a merge over this border.
   *
   * @param border at least {@value #BYTES_BEFORE}
   */
  boolean mayMerge(byte[] text, int border) {
    long around = Longs.at(text, border - BYTES_BEFORE) & AROUND;
    long found =
        bit(around)
            | bit(around & ONE_BEFORE | ONE_BEFORE_MARK)
            | bit(around & ONE_BEHIND | ONE_BEHIND_MARK)
            | bit(around & ONE_BEFORE & ONE_BEHIND | ONE_BEFORE_MARK | ONE_BEHIND_MARK);
    return (found & 1) != 0;
  }

  private long bit(long key) {
    long hash = hash(key);
    return bits[(int) (hash >>> 6)] >>> hash;
  }

  private long hash(long key) {
    return key * 0x9E3779B97F4A7C15L >>> shift;
  }
}
