package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * Reads a vocabulary as the build ({@code GenerateTables}) wrote it. For one use.
 *
 * <p>The file consists of tables: little-endian numbers of one size, behind an int that says how
 * many they are. Most are read in bulk into the arrays in which they stay, because what code
 * computes while a program starts is computed slowly. In this order:
 *
 * <pre>
 * ints   {@value #MAGIC} and the CRC-32 of all that follows: no table, without a number
 * bytes  the length of each token by its id; 0 for an id that is none
 * bytes  of all tokens
 * bytes  what each token merges from, as {@link MergeTable} has it
 * ints   the entries of {@link MergeTable}
 * longs  its filter
 * longs  the bits of {@link Borders}
 * longs  the entries of {@link ShortTokens}
 * bytes  for each node of the trie, in its order: the label
 * bytes  the number of children; 255 for a token that goes on without a branch
 * bytes  the lowest byte of the token id plus one; 0 for a node that is no token
 * bytes  the middle byte
 * bytes  the highest byte
 * </pre>
 */
final class VocabularyFile {
  static final int MAGIC = 0x34424D54; // "TMB4"

  private static final byte TAIL = (byte) 255;

  /** In bytes: no vocabulary comes near it. */
  private static final int LARGEST_TABLE = 1 << 24;

  /** A larger read has the JVM allocate a buffer of its size, off the heap. */
  private static final int BYTES_A_READ = 1 << 16;

  /** A loop over all tokens in one method would run long before it is compiled. */
  private static final int TOKENS_A_CALL = 16;

  private final String resource;
  private final InputStream in;
  private final CRC32 checksum = new CRC32();
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BYTES_A_READ).order(ByteOrder.LITTLE_ENDIAN);

  private VocabularyFile(String resource, InputStream in) {
    this.resource = resource;
    this.in = in;
  }

  /**
   * Loads {@code <name>.bpe} from beside this class.
   *
   * @throws IllegalStateException if it is missing or damaged
   */
  static Vocabulary load(String name) {
    // Not with "+": the first one of a program takes the JVM as long as reading the file.
    String resource = name.concat(".bpe");
    try (InputStream in = Resources.open(resource)) {
      return read(resource, in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + resource, e);
    }
  }

  /**
   * Reads a vocabulary, and to the end of the stream.
   *
   * @param resource its name, for messages
   * @throws IllegalStateException if it is damaged
   */
  static Vocabulary read(String resource, InputStream in) throws IOException {
    return new VocabularyFile(resource, in).read();
  }

  private Vocabulary read() throws IOException {
    if (number() != MAGIC) {
      throw damaged("it does not start like a vocabulary of this version");
    }
    int expectedChecksum = number();
    checksum.reset();
    byte[] lengths = bytes(0);
    byte[] bytes = bytes(Longs.PADDING);
    byte[] parts = bytes(Longs.PADDING);
    MergeTable merges = new MergeTable(parts, ints(), longs(), new Borders(longs()));
    ShortTokens shortTokens = new ShortTokens(longs());
    byte[] labels = bytes(Longs.PADDING);
    Nodes nodes = new Nodes(bytes(0), bytes(0), bytes(0), bytes(0));
    if ((int) checksum.getValue() != expectedChecksum || in.read() >= 0) {
      throw damaged("its checksum is wrong");
    }
    int[] offsets = offsets(lengths);
    TokenTrie.Builder trie = new TokenTrie.Builder(labels, nodes, lengths.length);
    return new Vocabulary(
        bytes, offsets, trie.nextPrefix(), trie.build(bytes, offsets), merges, shortTokens);
  }

  private byte[] bytes(int padding) throws IOException {
    int length = length(Byte.BYTES);
    byte[] table = new byte[length + padding];
    for (int at = 0; at < length; ) {
      int read = Math.min(BYTES_A_READ, length - at);
      fill(table, at, read);
      at += read;
    }
    return table;
  }

  private int[] ints() throws IOException {
    int[] table = new int[length(Integer.BYTES)];
    for (int at = 0; at < table.length; ) {
      int read = Math.min(BYTES_A_READ / Integer.BYTES, table.length - at);
      fill(buffer.array(), 0, Integer.BYTES * read);
      buffer.asIntBuffer().get(table, at, read);
      at += read;
    }
    return table;
  }

  private long[] longs() throws IOException {
    long[] table = new long[length(Long.BYTES)];
    for (int at = 0; at < table.length; ) {
      int read = Math.min(BYTES_A_READ / Long.BYTES, table.length - at);
      fill(buffer.array(), 0, Long.BYTES * read);
      buffer.asLongBuffer().get(table, at, read);
      at += read;
    }
    return table;
  }

  private int length(int size) throws IOException {
    int length = number();
    if (length <= 0 || length > LARGEST_TABLE / size) {
      throw damaged("a table has an impossible size");
    }
    return length;
  }

  private int number() throws IOException {
    fill(buffer.array(), 0, Integer.BYTES);
    return buffer.getInt(0);
  }

  private void fill(byte[] target, int at, int length) throws IOException {
    if (in.readNBytes(target, at, length) < length) {
      throw damaged("it ends too early");
    }
    checksum.update(target, at, length);
  }

  private IllegalStateException damaged(String what) {
    return new IllegalStateException(
        "the resource io/tokenmeter/tokenizers/"
            + resource
            + " is damaged: "
            + what
            + "; replace the tokenmeter jar by an intact one");
  }

  private static int[] offsets(byte[] lengths) {
    int[] offsets = new int[lengths.length + 1];
    for (int from = 0; from < lengths.length; from += TOKENS_A_CALL) {
      addOffsets(lengths, offsets, from, Math.min(lengths.length, from + TOKENS_A_CALL));
    }
    return offsets;
  }

  private static void addOffsets(byte[] lengths, int[] offsets, int from, int to) {
    int offset = offsets[from];
    for (int id = from; id < to; id++) {
      offset += lengths[id] & 0xFF;
      offsets[id + 1] = offset;
    }
  }

  /** The planes of the trie. */
  private record Nodes(byte[] children, byte[] low, byte[] middle, byte[] high)
      implements TokenTrie.Nodes {
    @Override
    public int children(int node) {
      return children[node] == TAIL ? TokenTrie.TAIL_CHILDREN : children[node] & 0xFF;
    }

    @Override
    public int token(int node) {
      return ((high[node] & 0xFF) << 16 | (middle[node] & 0xFF) << 8 | low[node] & 0xFF) - 1;
    }
  }
}
