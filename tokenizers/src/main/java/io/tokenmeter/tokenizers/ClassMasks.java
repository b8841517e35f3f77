package io.tokenmeter.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The classes of the characters of some kilobytes of text, as masks: one bit a byte for each class.
 * All bytes of a character have its class. Reusable, not thread-safe.
 */
final class ClassMasks {
  /** Small letters; with {@link #CASELESS}, marks. */
  static final int SMALL = 0;

  /** Upper and title case letters. */
  static final int CAPITAL = 1;

  /** Letters without case, and marks. */
  static final int CASELESS = 2;

  /** The digits 0 to 9. */
  static final int DIGIT = 3;

  /** The space; with {@link #CONTROL}, another blank of ASCII. */
  static final int SPACE = 4;

  /** Line ends; with {@link #SPACE}, blanks that are no space. */
  static final int CONTROL = 5;

  /** Not the first byte of its character. */
  static final int CONTINUATION = 6;

  /** The first byte of a number or blank beyond ASCII. */
  static final int UNKNOWN = 7;

  /** So many bytes are classified at once, at the most. */
  private static final int BYTES = 2048;

  private static final int LONGS = BYTES / Long.BYTES;

  /** Where loops turn only a few times, the JVM's compiler does not make vector instructions. */
  private static final int LEAST_LONGS = 32;

  private static final int CLASSES = Byte.SIZE;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] bytes = new byte[BYTES + Long.BYTES];
  private final LongBuffer fromFirst = longsFrom(0);
  private final LongBuffer fromSecond = longsFrom(1);
  private final LongBuffer fromThird = longsFrom(2);

  /** The text, and the same from its second and its third byte on. */
  private final long[] first = new long[LONGS];

  private final long[] second = new long[LONGS];
  private final long[] third = new long[LONGS];

  /** Of each 64 bytes the masks of all classes, and at the end those of none. */
  private final long[] masks = new long[LONGS + CLASSES];

  private int start;
  private int end;

  private LongBuffer longsFrom(int index) {
    return ByteBuffer.wrap(bytes, index, BYTES)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer();
  }

  /**
   * Classifies the bytes from {@code from} on, as many as there is room for.
   *
   * @param utf8 whole code points of well-formed UTF-8 between {@code from} and {@code to}
   */
  void classify(byte[] utf8, int from, int to) {
    start = from;
    end = Math.min(to, from + BYTES);
    while (end < to && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    System.arraycopy(utf8, from, bytes, 0, end - from);
    int count = Math.max(LEAST_LONGS, (end - from + Long.SIZE - 1 & -Long.SIZE) / Long.BYTES);
    fromFirst.get(0, first, 0, count);
    ByteClasses.putLetters(first, masks, count);
    ByteClasses.putDigits(first, masks, count);
    ByteClasses.putWhite(first, masks, count);
    ByteClasses.putOtherBlanks(first, masks, count);
    boolean ascii = isAscii(first, count);
    if (!ascii) {
      fromSecond.get(0, second, 0, count);
      fromThird.get(0, third, 0, count);
      ByteClasses.putHigh(first, masks, count);
      ByteClasses.putCyrillic(first, second, masks, count);
      ByteClasses.putIdeographs(first, second, masks, count);
      ByteClasses.putKana(first, second, third, masks, count);
    }
    ByteClasses.transpose(masks, count);
    for (int i = 0; i < count; i += CLASSES) {
      transpose(masks, i);
    }
    if (!ascii) {
      completeCharacters(count);
    }
  }

  private static boolean isAscii(long[] text, int count) {
    long any = 0;
    for (int i = 0; i < count; i++) {
      any |= text[i];
    }
    return (any & HIGH_BITS) == 0;
  }

  /** Transposes the bytes of eight longs: then each long is of one class. */
  private static void transpose(long[] classes, int from) {
    swap(classes, from, 1, Byte.SIZE, 0x00FF00FF00FF00FFL);
    swap(classes, from, 2, 2 * Byte.SIZE, 0x0000FFFF0000FFFFL);
    swap(classes, from, 4, 4 * Byte.SIZE, 0x00000000FFFFFFFFL);
  }

  private static void swap(long[] classes, int from, int distance, int shift, long low) {
    for (int i = 0; i < CLASSES; i++) {
      if ((i & distance) == 0) {
        long left = classes[from + i];
        long right = classes[from + i + distance];
        long swap = (left >>> shift ^ right) & low;
        classes[from + i + distance] = right ^ swap;
        classes[from + i] = left ^ swap << shift;
      }
    }
  }

  /** Looks up what is still unknown, and gives the classes of first bytes to the others. */
  private void completeCharacters(int count) {
    long smallBefore = 0;
    long capitalBefore = 0;
    long caselessBefore = 0;
    for (int block = 0; block < count; block += CLASSES) {
      long small = masks[block + SMALL];
      long capital = masks[block + CAPITAL];
      long caseless = masks[block + CASELESS];
      long continuation = masks[block + CONTINUATION];
      long rest = masks[block + UNKNOWN] & ~(small | capital | caseless | continuation);
      long unknown = 0;
      for (int left = end - start - block * Long.BYTES; rest != 0; rest &= rest - 1) {
        int index = Long.numberOfTrailingZeros(rest);
        if (index >= left) {
          break;
        }
        int charClass = CharClasses.at(bytes, block * Long.BYTES + index);
        long mark = bit(charClass, CharClasses.MARK, index);
        small |= bit(charClass, CharClasses.LOWER, index) | mark;
        capital |= bit(charClass, CharClasses.UPPER, index);
        caseless |= bit(charClass, CharClasses.CASELESS, index) | mark;
        unknown |= bit(charClass, CharClasses.NUMBER | CharClasses.BLANK, index);
      }
      masks[block + SMALL] = small = spread(small, smallBefore, continuation);
      masks[block + CAPITAL] = capital = spread(capital, capitalBefore, continuation);
      masks[block + CASELESS] = caseless = spread(caseless, caselessBefore, continuation);
      masks[block + UNKNOWN] = unknown;
      smallBefore = small >>> Long.SIZE - 1;
      capitalBefore = capital >>> Long.SIZE - 1;
      caselessBefore = caseless >>> Long.SIZE - 1;
    }
  }

  private static long bit(int charClass, int classes, int index) {
    return (charClass & classes) == 0 ? 0 : 1L << index;
  }

  /**
   * Extends the bits of first bytes to all of their characters.
   *
   * @param before the bit of the byte before these
   */
  private static long spread(long leads, long before, long continuations) {
    long second = (leads << 1 | before) & continuations;
    long third = second << 1 & continuations;
    return leads | second | third | third << 1 & continuations;
  }

  /** Where the bytes end that are classified, in what was given to {@link #classify}. */
  int end() {
    return end;
  }

  /**
   * The mask of that class for the 64 bytes from {@code from} on, the first one lowest; what is
   * behind {@link #end} has any class.
   */
  long mask(int charClass, int from) {
    int index = from - start;
    int at = (index >>> 6) * CLASSES + charClass;
    return masks[at] >>> index | masks[at + CLASSES] << 1 << ~index;
  }
}
