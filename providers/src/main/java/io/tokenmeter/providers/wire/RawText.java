package io.tokenmeter.providers.wire;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A JSON string of a body as it stands there, escapes included: a view, so that megabytes of base64
 * are looked at without being copied. One char a byte.
 */
public final class RawText implements CharSequence {
  private final byte[] body;
  private final int start;
  private final int end;

  /** The string between the quotes: from {@code start} up to {@code end}. */
  RawText(byte[] body, int start, int end) {
    this.body = body;
    this.start = start;
    this.end = end;
  }

  @Override
  public int length() {
    return end - start;
  }

  @Override
  public char charAt(int index) {
    if (index < 0 || index >= length()) {
      throw new IndexOutOfBoundsException(index);
    }
    return (char) (body[start + index] & 0xff);
  }

  @Override
  public RawText subSequence(int from, int to) {
    if (from < 0 || from > to || to > length()) {
      throw new IndexOutOfBoundsException(from + ".." + to);
    }
    return new RawText(body, start + from, start + to);
  }

  boolean startsWith(String ascii) {
    if (length() < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (charAt(i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The text that the string means; only for a whole string. */
  public String decoded() throws IOException {
    try (JsonParser parser = Json.FACTORY.createParser(body, start - 1, length() + 2)) {
      parser.nextToken();
      return parser.getText();
    }
  }

  /** The characters as they stand in the body. */
  @Override
  public String toString() {
    return new String(body, start, length(), StandardCharsets.ISO_8859_1);
  }
}
