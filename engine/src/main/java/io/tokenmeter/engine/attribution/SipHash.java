package io.tokenmeter.engine.attribution;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) over the UTF-16 code units of a text: a keyed hash
 * that cannot be steered or turned back without its key. Immutable and thread-safe.
 */
final class SipHash {
  private final long key0;
  private final long key1;

  SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** The hash of the text's code units, each as two bytes, the lower first. */
  long hash(CharSequence text) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int length = text.length();
    int rounds = 2;
    for (int i = 0; i <= length + 4; i += 4) {
      long word;
      if (i <= length) {
        word = word(text, i, length);
        v3 ^= word;
      } else {
        word = 0;
        v2 ^= 0xff;
        rounds = 4;
      }
      for (int round = 0; round < rounds; round++) {
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
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** Eight bytes of the text; the last word, which is never full, ends with the length. */
  private static long word(CharSequence text, int from, int length) {
    int units = Math.min(4, length - from);
    long word = units < 4 ? (long) (2 * length) << 56 : 0;
    for (int i = 0; i < units; i++) {
      word |= (long) text.charAt(from + i) << (16 * i);
    }
    return word;
  }
}
