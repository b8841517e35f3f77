package io.tokenmeter.tokenizers;

/**
 * Puts something in the place of every occurrence of an ASCII character: the normaliser {@code
 * Replace}, and {@code Metaspace}, of which either turns spaces into U+2581.
 */
final class ReplaceStage extends Stage {
  private static final int ROOM = 1024;

  private final byte replaced;
  private final byte[] replacement;
  private final byte[] output;
  private int length;

  /**
   * @param replaced the ASCII character
   * @param replacement in UTF-8, at least one code point
   */
  ReplaceStage(char replaced, byte[] replacement, Stage next) {
    super(next);
    this.replaced = (byte) replaced;
    this.replacement = replacement;
    this.output = new byte[ROOM + replacement.length];
  }

  @Override
  void append(byte[] utf8, int from, int to) {
    int at = from;
    while (at < to) {
      int end = at;
      while (end < to && utf8[end] != replaced) {
        end++;
      }
      if (end - at > ROOM / 4) {
        flush();
        next().append(utf8, at, end);
      } else {
        put(utf8, at, end);
      }
      if (end < to) {
        put(replacement, 0, replacement.length);
        end++;
      }
      at = end;
    }
    flush();
  }

  private void put(byte[] source, int from, int to) {
    if (length + to - from > output.length) {
      flush();
    }
    System.arraycopy(source, from, output, length, to - from);
    length += to - from;
  }

  private void flush() {
    if (length > 0) {
      int filled = length;
      length = 0;
      next().append(output, 0, filled);
    }
  }

  @Override
  void endSection() {
    next().endSection();
  }

  @Override
  void reset() {
    next().reset();
  }

  @Override
  void copyFrom(Stage other) {
    next().copyFrom(other.next());
  }
}
