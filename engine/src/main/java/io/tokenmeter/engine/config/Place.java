package io.tokenmeter.engine.config;

/**
 * Where a setting was found.
 *
 * @param origin the file, {@code system property x} or {@code environment variable X}
 * @param line in the file, from 1; 0 outside of files
 */
record Place(String origin, int line) {
  @Override
  public String toString() {
    return line > 0 ? origin + ":" + line : origin;
  }
}
