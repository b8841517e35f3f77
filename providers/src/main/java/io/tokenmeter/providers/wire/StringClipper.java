package io.tokenmeter.providers.wire;

import java.io.IOException;

/**
 * Lets JSON through and cuts the tails off strings that are too long to be held: images, sound.
 * What remains is valid JSON if it was so before. Fed in pieces cut anywhere.
 */
final class StringClipper {
  private final int longest;
  private boolean inString;
  private boolean escaped;
  private int unicodeDigits;
  private int length;

  /** Takes what is let through. */
  @FunctionalInterface
  interface Sink {
    void accept(byte[] bytes, int offset, int length) throws IOException;
  }

  /**
   * @param longest bytes of a string after which it is cut, as soon as that splits neither a
   *     character nor an escape
   */
  StringClipper(int longest) {
    this.longest = longest;
  }

  void feed(byte[] bytes, int offset, int length, Sink sink) throws IOException {
    int end = offset + length;
    int kept = offset;
    for (int i = offset; i < end; i++) {
      boolean wasClipping = isClipping();
      step(bytes[i]);
      if (isClipping() != wasClipping) {
        if (wasClipping) {
          kept = i; // the closing quote
        } else {
          sink.accept(bytes, kept, i - kept);
        }
      }
    }
    if (!isClipping() && kept < end) {
      sink.accept(bytes, kept, end - kept);
    }
  }

  private boolean isClipping() {
    return length < 0;
  }

  private void step(byte next) {
    if (!inString) {
      inString = next == '"';
      length = 0;
    } else if (escaped) {
      escaped = false;
      unicodeDigits = next == 'u' ? 4 : 0;
      grow();
    } else if (next == '"') {
      inString = false;
      length = 0;
    } else if (length >= longest && next >= 0 && unicodeDigits == 0) {
      length = -1;
      escaped = next == '\\';
    } else {
      escaped = next == '\\';
      unicodeDigits = Math.max(0, unicodeDigits - 1);
      grow();
    }
  }

  private void grow() {
    if (length >= 0 && length < longest) {
      length++;
    }
  }
}
