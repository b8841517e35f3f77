package io.tokenmeter.engine.config;

/**
 * A configuration that cannot be used. The message says for every error the file, the line, the key
 * and what was expected.
 */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean failClosed;

  ConfigurationException(String message, boolean failClosed) {
    super(message);
    this.failClosed = failClosed;
  }

  /** Whether the user asked ({@code fail-closed}) that the application does not start with this. */
  public boolean failClosed() {
    return failClosed;
  }
}
