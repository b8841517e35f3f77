package io.tokenmeter.providers;

import java.util.Arrays;
import java.util.Random;

/** Bytes that are broken in the ways that bytes break. */
final class Mutations {
  private Mutations() {}

  static byte[] mutated(byte[] body, Random random) {
    byte[] bytes = body.clone();
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes = spliced(bytes, at, at + random.nextInt(20), new byte[0]);
        case 3 -> {
          byte[] piece = new byte[random.nextInt(8)];
          random.nextBytes(piece);
          bytes = spliced(bytes, at, at, piece);
        }
        default -> {
          int from = random.nextInt(bytes.length);
          bytes =
              spliced(
                  bytes,
                  at,
                  at,
                  Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 40)));
        }
      }
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
    int rest = Math.min(to, bytes.length);
    byte[] spliced = new byte[from + piece.length + bytes.length - rest];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(piece, 0, spliced, from, piece.length);
    System.arraycopy(bytes, rest, spliced, from + piece.length, bytes.length - rest);
    return spliced;
  }
}
