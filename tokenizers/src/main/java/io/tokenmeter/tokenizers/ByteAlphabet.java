package io.tokenmeter.tokenizers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The characters that byte-level tokenizers write bytes as, so that all their tokens are text:
 * printable ones of ISO-8859-1 stand for themselves, all others for U+0100 and following. Source:
 * openai/gpt-2, {@code bytes_to_unicode}.
 */
final class ByteAlphabet {
  private static final int[] BYTES = new int[0x100 + 0x44];
  private static final char[] CHARACTERS = new char[0x100];

  static {
    Arrays.fill(BYTES, -1);
    char next = 0x100;
    for (int value = 0; value < 0x100; value++) {
      boolean itself =
          (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
      CHARACTERS[value] = itself ? (char) value : next++;
      BYTES[CHARACTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  /** The character that stands for a byte. */
  static char character(int value) {
    return CHARACTERS[value];
  }

  /** The bytes that the text stands for, or null if a character of it stands for none. */
  static byte @Nullable [] bytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
