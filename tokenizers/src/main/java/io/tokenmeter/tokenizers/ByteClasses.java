package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.ClassMasks.CAPITAL;
import static io.tokenmeter.tokenizers.ClassMasks.CASELESS;
import static io.tokenmeter.tokenizers.ClassMasks.CONTINUATION;
import static io.tokenmeter.tokenizers.ClassMasks.CONTROL;
import static io.tokenmeter.tokenizers.ClassMasks.DIGIT;
import static io.tokenmeter.tokenizers.ClassMasks.SMALL;
import static io.tokenmeter.tokenizers.ClassMasks.SPACE;
import static io.tokenmeter.tokenizers.ClassMasks.UNKNOWN;

/**
 * The classes of the most common characters, found without a table. What comes out is a byte of
 * flags for each byte of text, whose bits are numbered as in {@link ClassMasks}; of characters
 * beyond ASCII the first byte is told what it is.
 *
 * <p>Each class has a loop of its own, over arrays of longs and without a branch: a loop as short
 * as these is what the JVM's compiler makes vector instructions of. Eight bytes answer by their
 * highest bits; no byte carries into the next.
 */
final class ByteClasses {
  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private ByteClasses() {}

  static void putLetters(long[] text, long[] classes, int count) {
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

  static void putDigits(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long low = bytes & ~HIGH_BITS;
      long digit =
          low + (0x80 - '0') * EVERY_BYTE & ~(low + (0x7F - '9') * EVERY_BYTE | bytes) & HIGH_BITS;
      classes[i] |= digit >>> 7 - DIGIT;
    }
  }

  static void putWhite(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long low = bytes & ~HIGH_BITS;
      long control =
          low + (0x80 - '\t') * EVERY_BYTE
              & ~(low + (0x7F - '\r') * EVERY_BYTE | bytes)
              & HIGH_BITS;
      long space = ~((low ^ ' ' * EVERY_BYTE) + 0x7F * EVERY_BYTE | bytes) & HIGH_BITS;
      classes[i] |= control >>> 7 - CONTROL | space >>> 7 - SPACE;
    }
  }

  static void putOtherBlanks(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long low = text[i] & ~HIGH_BITS;
      long noLineEnd =
          (low ^ '\n' * EVERY_BYTE) + 0x7F * EVERY_BYTE
              & (low ^ '\r' * EVERY_BYTE) + 0x7F * EVERY_BYTE
              & HIGH_BITS;
      classes[i] |= noLineEnd >>> 7 - SPACE & classes[i] >>> CONTROL - SPACE;
    }
  }

  /** What is not ASCII is unknown, but for what the other loops find. */
  static void putHigh(long[] text, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long continuation = bytes & ~(bytes << 1) & HIGH_BITS;
      classes[i] |= continuation >>> 7 - CONTINUATION | (bytes & HIGH_BITS) >>> 7 - UNKNOWN;
    }
  }

  /** Lead D0 or D1: U+0400 to U+042F are capitals, U+0430 to U+045F small. */
  static void putCyrillic(long[] text, long[] second, long[] classes, int count) {
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
  static void putIdeographs(long[] text, long[] second, long[] classes, int count) {
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
  static void putKana(long[] text, long[] second, long[] third, long[] classes, int count) {
    for (int i = 0; i < count; i++) {
      long bytes = text[i];
      long lead =
          ~((bytes & ~HIGH_BITS ^ 0x63 * EVERY_BYTE) + 0x7F * EVERY_BYTE
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
  static void transpose(long[] classes, int count) {
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
}
