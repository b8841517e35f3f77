package io.tokenmeter.providers.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where JSON values end, by brackets and quotes alone: several times faster than parsing
 * them, and right for every value that is valid. Says -1 where it cannot tell.
 */
final class RawJson {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long QUOTES = 0x2222222222222222L;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private RawJson() {}

  /** The first index from {@code at} on that is no white space; the array's length for none. */
  static int skipSpace(byte[] json, int at) {
    int i = at;
    while (i < json.length && isSpace(json[i])) {
      i++;
    }
    return i;
  }

  static boolean isSpace(byte next) {
    return next == ' ' || next == '\n' || next == '\r' || next == '\t';
  }

  /** The index behind the value that begins at {@code at}. */
  static int valueEnd(byte[] json, int at) {
    if (at >= json.length) {
      return -1;
    }
    return switch (json[at]) {
      case '"' -> stringEnd(json, at);
      case '{', '[' -> structureEnd(json, at);
      default -> scalarEnd(json, at);
    };
  }

  /** The index behind the closing quote of the string whose opening one stands at {@code at}. */
  static int stringEnd(byte[] json, int at) {
    int i = at + 1;
    while (true) {
      i = quote(json, i);
      if (i < 0) {
        return -1;
      }
      int unescaped = i;
      while (json[unescaped - 1] == '\\') {
        unescaped--;
      }
      i++;
      // The opening quote ends the way back at the latest.
      if ((i - unescaped) % 2 == 1) {
        return i;
      }
    }
  }

  private static int quote(byte[] json, int from) {
    int i = from;
    int lastWord = json.length - Long.BYTES;
    for (; i <= lastWord; i += Long.BYTES) {
      long quotes = (long) LONGS.get(json, i) ^ QUOTES;
      // The lowest bit that is set is right, those above it may not be.
      long found = (quotes - ONES) & ~quotes & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < json.length; i++) {
      if (json[i] == '"') {
        return i;
      }
    }
    return -1;
  }

  private static int structureEnd(byte[] json, int at) {
    int depth = 0;
    int i = at;
    while (i < json.length) {
      switch (json[i]) {
        case '"' -> {
          i = stringEnd(json, i);
          if (i < 0) {
            return -1;
          }
          continue;
        }
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return i + 1;
          }
        }
        default -> {}
      }
      i++;
    }
    return -1;
  }

  private static int scalarEnd(byte[] json, int at) {
    int i = at;
    while (i < json.length && ",]} \n\r\t".indexOf(json[i]) < 0) {
      i++;
    }
    return i == at ? -1 : i;
  }
}
