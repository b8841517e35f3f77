package io.tokenmeter.benchmarks;

/** A command line that cannot be understood. The message says what was wrong and expected. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
