package io.tokenmeter.tokenizers;

/**
 * One byte-pair encoding, exact to the reference implementation's ids. Immutable and thread-safe.
 *
 * <p>No method throws on any text. Text that looks like a special token ({@code <|endoftext|>}) is
 * plain text; a lone surrogate counts as U+FFFD.
 */
public interface Encoding {
  /**
   * The name by which {@link Encodings#forName} finds it, such as {@code o200k_base}; or the file
   * that it was read from.
   */
  String name();

  /** Tokens of a text. */
  int count(CharSequence text);

  /** Tokens of a text in UTF-8; malformed bytes count as U+FFFD. */
  int count(byte[] utf8, int offset, int length);

  /** Tokens of a text, or any number above {@code limit} as soon as that many are certain. */
  int countUpTo(CharSequence text, int limit);

  /** The token ids of a text. */
  int[] encode(CharSequence text);

  /** The text of token ids; bytes that are not UTF-8 become U+FFFD. */
  String decode(int[] tokens);

  /** The longest prefix of the text, cut between code points, with at most so many tokens. */
  String truncate(CharSequence text, int maxTokens);

  /** A counter for a text that arrives in pieces. */
  StreamCounter streamCounter();
}
