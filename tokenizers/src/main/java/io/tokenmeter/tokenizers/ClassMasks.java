package io.tokenmeter.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The classes of characters of some kilobytes of text, one bit a byte for each class. Reusable, not
 * thread-safe.
 *
 * <p>It is filled in a number of passes, each a short loop over arrays of longs without a branch:
 * that is what the JVM's compiler makes vector instructions of, many bytes at once. In a long, a
 * byte answers by its highest bit; no byte carries into the next. A first byte says what its
 * character is; its other bytes are known as such only.
 */
final class ClassMasks {
  static final int SMALL = 0;
  static final int CAPITAL = 1;
  static final int CASELESS = 2;
  static final int DIGIT = 3;

  /** A space, or with {@link #CONTROL} a blank that is none. */
  static final int SPACE = 4;

  /** A line end, or with {@link #SPACE} another blank. */
  static final int CONTROL = 5;

  /** Not the first byte of its character. */
  static final int CONTINUATION = 6;

  /** Not ASCII. */
  static final int HIGH = 7;

  /** So many bytes are classified at once. */
  static final int BYTES = 2048;

  private static final int LONGS = BYTES / Long.BYTES;
  private static final int CLASSES = Byte.SIZE;

  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private byte[] utf8 = new byte[0];
  private LongBuffer view = LongBuffer.allocate(0);
  private LongBuffer viewFromSecond = view;
  private LongBuffer viewFromThird = view;

  private final long[] text = new long[LONGS];
  private final long[] second = new long[LONGS];
  private final long[] third = new long[LONGS];

  /** Of each 64 bytes the masks of all classes; 64 more so that a mask can be put together. */
  private final long[] masks = new long[LONGS + CLASSES];

  private int start;
  private int end;

  /** Where the bytes end that are classified. */
  int end() {
    return end;
  }

  /**
   * Classifies the bytes from {@code from} on, as many as there is room for.
   *
   * @param utf8 with {@link Blocks#BYTES} more behind {@code to}
   */
  void classify(byte[] utf8, int from, int to) {
    if (utf8 != this.utf8) {
      this.utf8 = utf8;
      view = longs(utf8, 0);
      viewFromSecond = longs(utf8, 1);
      viewFromThird = longs(utf8, 2);
    }
    start = from & -Long.BYTES;
    end = Math.min(to, start + BYTES);
    int count = (end - start + Long.SIZE - 1 & -Long.SIZE) / Long.BYTES;
    view.get(start / Long.BYTES, text, 0, count);
    putLetters(text, masks, count);
    putDigits(text, masks, count);
    putWhite(text, masks, count);
    putOtherBlanks(text, masks, count);
    if (hasHigh(text, count)) {
      viewFromSecond.get(start / Long.BYTES, second, 0, count);
      viewFromThird.get(start / Long.BYTES, third, 0, count);
      putHigh(text, masks, count);
      putCyrillic(text, second, masks, count);
      putIdeographs(text, second, masks, count);
      putKana(text, second, third, masks, count);
    }
    gatherBits(masks, count);
    gatherBytes(masks, count);
  }

  private static LongBuffer longs(byte[] utf8, int from) {
    return ByteBuffer.wrap(utf8, from, utf8.length - from)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer();
  }

  /** 64 bits of that class from this byte on. */
  long mask(int charClass, int from) {
    int index = from - start;
    int at = (index >>> 6) * CLASSES + charClass;
    return masks[at] >>> index | masks[at + CLASSES] << 1 << ~index;
  }

  private static boolean hasHigh(long[] text, int count) {
    long any = 0;
    for (int i = 0; i < count; i++) {
      any |= text[i];
    }
    return (any & HIGH_BITS) != 0;
  }

  private static void putLetters(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long folded = bytes & ~HIGH_BITS | 0x20 * EVERY_BYTE;
      long letter =
          folded + (0x80 - 'a') * EVERY_BYTE
              & ~(folded + (0x7F - 'z') * EVERY_BYTE | bytes)
              & HIGH_BITS;
      long small = letter & bytes << 2;
      classes[i] = small >>> 7 - SMALL | (letter ^ small) >>> 7 - CAPITAL;
    }
  }

  private static void putDigits(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long low = bytes & ~HIGH_BITS;
      long digit =
          low + (0x80 - '0') * EVERY_BYTE & ~(low + (0x7F - '9') * EVERY_BYTE | bytes) & HIGH_BITS;
      classes[i] |= digit >>> 7 - DIGIT;
    }
  }

  private static void putWhite(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long low = bytes & ~HIGH_BITS;
      long control =
          low + (0x80 - '\t') * EVERY_BYTE & ~(low + (0x7F - '\r') * EVERY_BYTE | bytes) & HIGH_BITS;
      long space = ~((low ^ ' ' * EVERY_BYTE) + 0x7F * EVERY_BYTE | bytes) & HIGH_BITS;
      classes[i] |= control >>> 7 - CONTROL | space >>> 7 - SPACE;
    }
  }

  private static void putOtherBlanks(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long low = text[i] & ~HIGH_BITS;
      long noLineEnd =
          (low ^ '\n' * EVERY_BYTE) + 0x7F * EVERY_BYTE
              & (low ^ '\r' * EVERY_BYTE) + 0x7F * EVERY_BYTE
              & HIGH_BITS;
      classes[i] |= noLineEnd >>> 7 - SPACE & classes[i] >>> CONTROL - SPACE;
    }
  }

  private static void putHigh(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      classes[i] |= bytes & HIGH_BITS | (bytes & ~(bytes << 1) & HIGH_BITS) >>> 7 - CONTINUATION;
    }
  }

  /** Lead D0 or D1: U+0400 to U+042F are capitals, U+0430 to U+045F small. */
  private static void putCyrillic(long[] text, long[] second, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long lead =
          ~((bytes & 0x7E * EVERY_BYTE ^ 0x50 * EVERY_BYTE) + 0x7F * EVERY_BYTE)
              & bytes
              & HIGH_BITS;
      long odd = bytes << 7;
      long from20 = second[i] << 2;
      long from30 = from20 & second[i] << 3;
      long small = lead & (odd & ~from20 | ~odd & from30);
      long capital = lead & ~odd & ~from30;
      classes[i] |= small >>> 7 - SMALL | capital >>> 7 - CAPITAL;
    }
  }

  /** Lead E5 to E9, or E4 and a second byte from B8 on: U+4E00 to U+9FFF. */
  private static void putIdeographs(long[] text, long[] second, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long low = bytes & ~HIGH_BITS;
      long lead = low + (0x80 - 0x65) * EVERY_BYTE & ~(low + (0x7F - 0x69) * EVERY_BYTE);
      long four = ~((low ^ 0x64 * EVERY_BYTE) + 0x7F * EVERY_BYTE);
      long from38 = second[i] << 2 & second[i] << 3 & second[i] << 4;
      classes[i] |= ((lead | four & from38) & bytes & HIGH_BITS) >>> 7 - CASELESS;
    }
  }

  /** Lead E3 and 81 to 83: U+3041 to U+30FF, without what is not a letter there. */
  private static void putKana(
      long[] text, long[] second, long[] third, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long lead =
          ~((bytes & ~HIGH_BITS ^ 0x63 * EVERY_BYTE)
                      + 0x7F * EVERY_BYTE
                  | (second[i] & 0x3C * EVERY_BYTE) + 0x7F * EVERY_BYTE)
              & bytes
              & HIGH_BITS;
      long one = second[i] << 7;
      long two = second[i] << 6;
      long last = third[i] & 0x3F * EVERY_BYTE;
      long not3040 = last + 0x7F * EVERY_BYTE;
      long not3097To30A0 = ~(last + (0x80 - 0x17) * EVERY_BYTE) | last + (0x7F - 0x20) * EVERY_BYTE;
      long not30FB = (last ^ 0x3B * EVERY_BYTE) + 0x7F * EVERY_BYTE;
      long letter = one & (~two & not3040 | two & not30FB) | two & ~one & not3097To30A0;
      classes[i] |= (lead & letter) >>> 7 - CASELESS;
    }
  }

  /** Transposes the bits of each eight bytes: then each byte is of one class. */
  private static void gatherBits(long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bits = classes[i];
      long swap = (bits ^ bits >>> 7) & 0x00AA00AA00AA00AAL;
      bits ^= swap ^ swap << 7;
      swap = (bits ^ bits >>> 14) & 0x0000CCCC0000CCCCL;
      bits ^= swap ^ swap << 14;
      swap = (bits ^ bits >>> 28) & 0x00000000F0F0F0F0L;
      classes[i] = bits ^ swap ^ swap << 28;
    }
  }

  /** Transposes the bytes of each eight longs: then each long is of one class. */
  private static void gatherBytes(long[] classes, int count) {
    for (int i = 0; i < count; i += CLASSES) {
      swap(classes, i, 1, Byte.SIZE, 0x00FF00FF00FF00FFL);
      swap(classes, i, 2, 2 * Byte.SIZE, 0x0000FFFF0000FFFFL);
      swap(classes, i, 4, 4 * Byte.SIZE, 0x00000000FFFFFFFFL);
    }
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
}
