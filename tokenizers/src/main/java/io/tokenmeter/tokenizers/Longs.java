package io.tokenmeter.tokenizers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes of an array at a time. */
final class Longs {
  /** How far a read may reach beyond the last byte: arrays are that much longer than their text. */
  static final int PADDING = 2 * Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Longs() {}

  /** The eight bytes from {@code index}, the first one lowest. */
  static long at(byte[] bytes, int index) {
    return (long) LONGS.get(bytes, index);
  }

  /** Puts eight bytes from {@code index} on, the lowest one first. */
  static void put(byte[] bytes, int index, long value) {
    LONGS.set(bytes, index, value);
  }

  /** Spreads a 64-bit key over {@code 0 .. size - 1}. */
  static int slot(long key, int size) {
    return (int) ((((key * 0x9E3779B97F4A7C15L) >>> 32) * size) >>> 32);
  }
}
