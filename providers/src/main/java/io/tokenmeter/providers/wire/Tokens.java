package io.tokenmeter.providers.wire;

/** Arithmetic on figures that a server reported and that nobody vouches for. */
public final class Tokens {
  /** The figure was not reported. */
  public static final long UNKNOWN = -1;

  /** No figure is taken for more than this, so that sums of them cannot overflow. */
  public static final long MAX = 1L << 53;

  private Tokens() {}

  /** A figure of which {@link #UNKNOWN} counts as none. */
  public static long orZero(long figure) {
    return Math.max(0, figure);
  }

  /** How much of {@code whole} a reported part can be. */
  public static long partOf(long whole, long part) {
    return Math.min(orZero(whole), orZero(part));
  }
}
