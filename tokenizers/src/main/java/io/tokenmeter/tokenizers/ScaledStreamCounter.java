package io.tokenmeter.tokenizers;

/** Counts with a base encoding, times a factor. */
final class ScaledStreamCounter implements StreamCounter {
  private final StreamCounter base;
  private final double factor;

  ScaledStreamCounter(StreamCounter base, double factor) {
    this.base = base;
    this.factor = factor;
  }

  @Override
  public void append(CharSequence piece) {
    base.append(piece);
  }

  @Override
  public long tokens() {
    return Math.round(base.tokens() * factor);
  }
}
