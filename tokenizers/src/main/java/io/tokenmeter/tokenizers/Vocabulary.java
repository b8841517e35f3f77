package io.tokenmeter.tokenizers;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The tokens of an encoding and how they merge, in primitive arrays that all threads share.
 * Immutable once loaded.
 *
 * <p>The file, big-endian, written by the build ({@code GenerateTables}): the magic number; one
 * more than the highest token id; the bytes of all tokens; the nodes of the trie. Then the length
 * of each token (one byte; 0 for an id that is none); their bytes; the two tokens that each one
 * merges from, as {@link MergeTable} has them; and planes of one byte a trie node in the trie's
 * order: the number of children, or 255 for a token that goes on without a branch; the label; and
 * the token id plus one (three planes, lowest byte first; 0 is a node that is no token).
 */
final class Vocabulary {
  /** No token. */
  static final int NONE = -1;

  private static final int MAGIC = 0x54_4D_42_33;
  private static final byte TAIL = (byte) 255;

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

  /** Loads {@code <name>.bpe} from beside this class. */
  static Vocabulary load(String name) {
    String resource = name + ".bpe";
    try (DataInputStream in = new DataInputStream(Resources.open(resource))) {
      if (in.readInt() != MAGIC) {
        throw new IllegalStateException("the resource " + resource + " is no vocabulary");
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + resource, e);
    }
  }

  private static Vocabulary read(DataInputStream in) throws IOException {
    int ids = in.readInt();
    int length = in.readInt();
    int nodes = in.readInt();
    int[] offsets = offsets(plane(in, ids));
    byte[] bytes = padded(in, length);
    byte[] parts = padded(in, MergeTable.BYTES_A_TOKEN * ids);
    MergeTable merges = new MergeTable(parts, bytes, offsets);
    byte[] children = plane(in, nodes);
    byte[] labels = padded(in, nodes);
    byte[] low = plane(in, nodes);
    byte[] middle = plane(in, nodes);
    byte[] high = plane(in, nodes);
    TokenTrie.Builder trie =
        new TokenTrie.Builder(
            labels,
            node -> children[node] == TAIL ? TokenTrie.TAIL_CHILDREN : children[node] & 0xFF,
            node -> ((high[node] & 0xFF) << 16 | (middle[node] & 0xFF) << 8 | low[node] & 0xFF) - 1,
            ids);
    return new Vocabulary(
        bytes,
        offsets,
        trie.nextPrefix(),
        trie.build(bytes, offsets),
        merges,
        new ShortTokens(bytes, offsets));
  }

  private static byte[] plane(DataInputStream in, int length) throws IOException {
    byte[] plane = new byte[length];
    in.readFully(plane);
    return plane;
  }

  private static byte[] padded(DataInputStream in, int length) throws IOException {
    byte[] plane = new byte[length + Longs.PADDING];
    in.readFully(plane, 0, length);
    return plane;
  }

  private static int[] offsets(byte[] lengths) {
    int[] offsets = new int[lengths.length + 1];
    int offset = 0;
    for (int id = 0; id < lengths.length; id++) {
      offset += lengths[id] & 0xFF;
      offsets[id + 1] = offset;
    }
    return offsets;
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
