package io.tokenmeter.tokenizers;

/**
 * The tokens of an encoding and how they merge, in primitive arrays that all threads share.
 * Immutable.
 */
final class Vocabulary {
  /** No token. */
  static final int NONE = -1;

  private final byte[] bytes;
  private final int[] offsets;
  private final int[] nextPrefix;
  private final TokenTrie trie;
  private final MergeTable merges;
  private final ShortTokens shortTokens;
  private final PieceCache cache = new PieceCache();

  /**
   * @param bytes all tokens one after the other, and {@link Longs#PADDING}
   * @param offsets where each token starts; one more for the end
   * @param nextPrefix the longest other token that is a prefix of each one, or {@link #NONE}
   * @param shortTokens may be {@linkplain ShortTokens#none none}
   */
  Vocabulary(
      byte[] bytes,
      int[] offsets,
      int[] nextPrefix,
      TokenTrie trie,
      MergeTable merges,
      ShortTokens shortTokens) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.nextPrefix = nextPrefix;
    this.trie = trie;
    this.merges = merges;
    this.shortTokens = shortTokens;
  }

  /** The longest token that starts at {@code from} and ends at or before {@code to}. */
  int longest(byte[] text, int from, int to) {
    return trie.longest(text, from, to);
  }

  /** The longest other token that is a prefix of this one, or {@link #NONE}. */
  int nextPrefix(int token) {
    return nextPrefix[token];
  }

  /**
   * Whether the bytes of these two tokens encode to just these two.
   *
   * @param border where the right one starts in the text
   */
  boolean canFollow(int left, int right, byte[] text, int border) {
    return merges.canFollow(left, right, text, border);
  }

  /** Those tokens that are found most quickly. */
  ShortTokens shortTokens() {
    return shortTokens;
  }

  /** What is known of whole pieces of this vocabulary. */
  PieceCache cache() {
    return cache;
  }

  /** How many bytes the token has; 0 for an id that is none. */
  int length(int token) {
    return token < 0 || token >= offsets.length - 1 ? 0 : offsets[token + 1] - offsets[token];
  }

  /** Copies the token's bytes; nothing for an id that is none. */
  void copy(int token, byte[] target, int at) {
    int length = length(token);
    if (length > 0) {
      System.arraycopy(bytes, offsets[token], target, at, length);
    }
  }
}
