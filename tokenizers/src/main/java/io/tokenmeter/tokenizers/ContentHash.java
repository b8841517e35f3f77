package io.tokenmeter.tokenizers;

/**
 * SipHash-1-3 with 128 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF";
 * the reference implementation's {@code SIPHASH_128}): without the key nobody can make two texts
 * meet, and by chance they do not. Immutable and thread-safe.
 */
final class ContentHash {
  private final long key0;
  private final long key1;

  ContentHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /**
   * Hashes {@code bytes[from, to)}.
   *
   * @param target gets the lower half at {@code at}, the upper half behind it
   */
  void hash(byte[] bytes, int from, int to, long[] target, int at) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int lastWord = to - Long.BYTES;
    int i = from;
    for (; i <= lastWord; i += Long.BYTES) {
      long word = Longs.at(bytes, i);
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    long tail = (long) (to - from) << 56;
    for (int shift = 0; i < to; i++, shift += Byte.SIZE) {
      tail |= (bytes[i] & 0xFFL) << shift;
    }
    // The tail, three rounds for the lower half and three more for the upper one.
    v3 ^= tail;
    for (int round = 0; round < 7; round++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      if (round == 0) {
        v0 ^= tail;
        v2 ^= 0xee;
      } else if (round == 3) {
        target[at] = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
    }
    target[at + 1] = v0 ^ v1 ^ v2 ^ v3;
  }
}
