package io.tokenmeter.benchmarks;

/** A benchmark that gave no figures, or figures that mean nothing. The message says why. */
public final class BenchmarkException extends Exception {
  private static final long serialVersionUID = 1;

  public BenchmarkException(String message) {
    super(message);
  }
}
