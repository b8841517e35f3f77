package io.tokenmeter.engine.ledger;

/**
 * A 64-bit hash over strings and numbers, fed one by one without allocating. Two of them with
 * different seeds make a row's 128-bit key. Not for secrets; the seed is random in each ledger
 * file, so that nobody can choose names that fall together.
 */
public final class KeyHash {
  private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

  private KeyHash() {}

  /** Takes a string's length and characters in. */
  public static long mix(long hash, String value) {
    long mixed = mix(hash, value.length());
    for (int i = 0; i < value.length(); i++) {
      mixed = (mixed ^ value.charAt(i)) * MULTIPLIER;
      mixed ^= mixed >>> 29;
    }
    return mixed;
  }

  /** Takes a number in. */
  public static long mix(long hash, long value) {
    long mixed = (hash ^ value) * MULTIPLIER;
    mixed ^= mixed >>> 32;
    mixed *= 0xd6e8_feb8_6659_fd93L;
    return mixed ^ (mixed >>> 32);
  }

  /** Last step for the high half of a key: positive, since 0 and below mark rows without a key. */
  public static long high(long hash) {
    long high = mix(hash, 1) & Long.MAX_VALUE;
    return high == 0 ? 1 : high;
  }

  /** Last step for the low half of a key: not 0, which marks a row whose key is half written. */
  public static long low(long hash) {
    long low = mix(hash, 2);
    return low == 0 ? 1 : low;
  }
}
