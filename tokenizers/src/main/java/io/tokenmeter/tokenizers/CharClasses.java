package io.tokenmeter.tokenizers;

import java.nio.ByteBuffer;

/**
 * What the pre-tokenisers need to know of a character, after Unicode 16.0 on every JDK: that is the
 * version of the reference implementation (tiktoken by way of Rust's regex-syntax 0.8).
 *
 * <p>A class is one bit, so that a set of classes is a mask; a character in none of them is {@link
 * #OTHER}.
 */
final class CharClasses {
  /** Upper and title case letters (Lu, Lt). */
  static final int UPPER = 1;

  /** Lower case letters (Ll). */
  static final int LOWER = 2;

  /** Letters without case and modifier letters (Lo, Lm). */
  static final int CASELESS = 4;

  /** Marks (Mn, Mc, Me). */
  static final int MARK = 8;

  /** Numbers (Nd, Nl, No). */
  static final int NUMBER = 16;

  /** White_Space other than carriage return and line feed. */
  static final int BLANK = 32;

  /** Carriage return and line feed. */
  static final int NEWLINE = 64;

  static final int OTHER = 0;

  static final int LETTER = UPPER | LOWER | CASELESS;
  static final int SPACE = BLANK | NEWLINE;

  private static final int LAST_BITS = 6;
  private static final int LAST_MASK = 0x3F;

  /** The block of a code point by all its bits but the last six, times 64. */
  private static final char[] BLOCK_OF;

  private static final byte[] BLOCKS;
  private static final byte[] ASCII = new byte[128];

  /** Of all characters of one or two bytes. */
  private static final byte[] TWO_BYTES = new byte[0x800];

  /** What starts with these is between U+5000 and U+9FFF: ideographs without a gap. */
  private static final int FIRST_IDEOGRAPHIC_LEAD = 0xE5;

  private static final int LAST_IDEOGRAPHIC_LEAD = 0xE9;

  static {
    // In bulk: a loop over all this would run before it is compiled.
    ByteBuffer table = ByteBuffer.wrap(Resources.bytes("char-classes.bin"));
    BLOCK_OF = new char[(Character.MAX_CODE_POINT + 1) >> LAST_BITS];
    table.asCharBuffer().get(BLOCK_OF);
    table.position(Character.BYTES * BLOCK_OF.length);
    BLOCKS = new byte[table.remaining()];
    table.get(BLOCKS);
    for (int block = 0; block < TWO_BYTES.length >> LAST_BITS; block++) {
      System.arraycopy(BLOCKS, BLOCK_OF[block], TWO_BYTES, block << LAST_BITS, 1 << LAST_BITS);
    }
    System.arraycopy(TWO_BYTES, 0, ASCII, 0, ASCII.length);
  }

  private CharClasses() {}

  /** The class of the code point that starts at this byte of well-formed UTF-8. */
  static int at(byte[] utf8, int index) {
    int lead = utf8[index];
    return lead >= 0 ? ASCII[lead] : beyondAscii(utf8, index, lead & 0xFF);
  }

  private static int beyondAscii(byte[] utf8, int index, int lead) {
    if (lead < 0xE0) {
      return TWO_BYTES[(lead & 0x1F) << LAST_BITS | (utf8[index + 1] & LAST_MASK)];
    }
    if (lead >= FIRST_IDEOGRAPHIC_LEAD && lead <= LAST_IDEOGRAPHIC_LEAD) {
      return CASELESS;
    }
    int second = utf8[index + 1] & LAST_MASK;
    if (lead < 0xF0) {
      return BLOCKS[BLOCK_OF[(lead & 0x0F) << 6 | second] + (utf8[index + 2] & LAST_MASK)];
    }
    int third = utf8[index + 2] & LAST_MASK;
    return BLOCKS[
        BLOCK_OF[(lead & 0x07) << 12 | second << 6 | third] + (utf8[index + 3] & LAST_MASK)];
  }

  /** How many bytes the code point has that starts at this byte of well-formed UTF-8. */
  static int width(byte[] utf8, int index) {
    int lead = utf8[index];
    if (lead >= 0) {
      return 1;
    }
    return lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
  }

  /** Where the run of these classes ends that starts at {@code from}: at most at {@code to}. */
  static int runEnd(byte[] utf8, int from, int to, int classes) {
    int at = from;
    while (at < to) {
      int lead = utf8[at];
      int charClass;
      int width;
      if (lead >= 0) {
        charClass = ASCII[lead];
        width = 1;
      } else {
        charClass = beyondAscii(utf8, at, lead & 0xFF);
        width = lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
      }
      if ((charClass & classes) == 0) {
        return at;
      }
      at += width;
    }
    return at;
  }

  /** As {@link #runEnd}, for characters that are in none of these classes. */
  static int runEndWithout(byte[] utf8, int from, int to, int classes) {
    int at = from;
    while (at < to && (at(utf8, at) & classes) == 0) {
      at += width(utf8, at);
    }
    return at;
  }
}
