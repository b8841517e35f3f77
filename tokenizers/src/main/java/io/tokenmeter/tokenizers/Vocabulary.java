package io.tokenmeter.tokenizers;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The tokens of an encoding and how they merge, in primitive arrays that all threads share.
 * Immutable once loaded.
 *
 * <p>The file, big-endian, written by the build ({@code GenerateTables}): the magic number, the
 * number of trie nodes, one more than the highest token id; then one plane of bytes after the other
 * with one byte a node: number of children, label, the token id plus one (three planes, lowest byte
 * first; 0 is a node that is no token), the length of the left one of the two tokens that merge
 * into this one (0 for a single byte), and the id of the right one (three planes). Nodes are in
 * breadth-first order below the root.
 */
final class Vocabulary {
  private static final int MAGIC = 0x54_4D_42_32;
  private static final int HEADER = 3 * Integer.BYTES;
  private static final int PLANES = 9;
  private static final int ROOTS = 256;

  private final byte[] bytes;
  private final int[] offsets;
  private final byte[] lengths;
  private final int[] nextPrefix;
  private final TokenTable table;
  private final TokenTrie trie;
  private final MergeTable merges;

  Vocabulary(
      byte[] bytes,
      int[] offsets,
      int[] nextPrefix,
      TokenTable table,
      TokenTrie trie,
      MergeTable merges) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.lengths = new byte[nextPrefix.length];
    for (int id = 0; id < lengths.length; id++) {
      lengths[id] = (byte) (offsets[id + 1] - offsets[id]);
    }
    this.nextPrefix = nextPrefix;
    this.table = table;
    this.trie = trie;
    this.merges = merges;
  }

  /** Loads {@code <name>.bpe} from beside this class. */
  static Vocabulary load(String name) {
    byte[] file = Resources.bytes(name + ".bpe");
    ByteBuffer header = ByteBuffer.wrap(file);
    if (header.getInt() != MAGIC) {
      throw new IllegalStateException("the resource " + name + ".bpe is no vocabulary");
    }
    return new Loader(file, header.getInt(), header.getInt()).load();
  }

  /** The token that consists of these bytes, or {@link TokenTable#NONE}. */
  int find(byte[] text, int from, int to) {
    return table.find(text, from, to);
  }

  /** The longest token that starts at {@code from} and ends at or before {@code to}. */
  int longest(byte[] text, int from, int to) {
    return trie.longest(text, from, to);
  }

  /** The longest other token that is a prefix of this one, or {@link TokenTable#NONE}. */
  int nextPrefix(int token) {
    return nextPrefix[token];
  }

  /** Whether the bytes of these two tokens encode to just these two. */
  boolean canFollow(int left, int right) {
    return merges.canFollow(left, right);
  }

  /** How many bytes the token has; 0 for an id that is none. */
  int length(int token) {
    return token < 0 || token >= lengths.length ? 0 : lengths[token] & 0xFF;
  }

  /** Copies the token's bytes; nothing for an id that is none. */
  void copy(int token, byte[] target, int at) {
    int length = length(token);
    if (length > 0) {
      System.arraycopy(bytes, offsets[token], target, at, length);
    }
  }

  /** Builds the tables out of the file. */
  private static final class Loader {
    private final byte[] file;
    private final int nodes;
    private final int ids;
    private final int[] parents;
    private final int[] depths;

    Loader(byte[] file, int nodes, int ids) {
      this.file = file;
      this.nodes = nodes;
      this.ids = ids;
      this.parents = new int[nodes];
      this.depths = new int[nodes];
      if (file.length != HEADER + PLANES * nodes) {
        throw new IllegalStateException("a vocabulary resource is cut short");
      }
    }

    Vocabulary load() {
      linkNodes();
      TokenTrie.Builder trie = new TokenTrie.Builder(nodes);
      int[] longestToken = new int[nodes];
      int[] nextPrefix = new int[ids];
      int[] offsets = new int[ids + 1];
      int tokens = 0;
      for (int node = 0; node < nodes; node++) {
        int inherited = node < ROOTS ? TokenTable.NONE : longestToken[parents[node]];
        int token = token(node);
        if (token >= 0) {
          nextPrefix[token] = inherited;
          offsets[token + 1] = depths[node];
          tokens++;
        }
        longestToken[node] = token >= 0 ? token : inherited;
        trie.set(node, label(node), children(node), longestToken[node]);
      }
      for (int id = 0; id < ids; id++) {
        offsets[id + 1] += offsets[id];
      }
      byte[] bytes = new byte[offsets[ids] + Longs.PADDING];
      MergeTable merges = new MergeTable(ids);
      for (int node = 0; node < nodes; node++) {
        int token = token(node);
        if (token >= 0) {
          addToken(token, node, bytes, offsets[token], merges);
        }
      }
      TokenTable table = new TokenTable(bytes, offsets, tokens);
      for (int id = 0; id < ids; id++) {
        if (offsets[id + 1] > offsets[id]) {
          table.add(id);
        }
      }
      return new Vocabulary(bytes, offsets, nextPrefix, table, trie.build(), merges);
    }

    private void linkNodes() {
      int child = ROOTS;
      Arrays.fill(depths, 0, ROOTS, 1);
      for (int node = 0; node < nodes; node++) {
        for (int end = child + children(node); child < end; child++) {
          parents[child] = node;
          depths[child] = depths[node] + 1;
        }
      }
    }

    /** Goes up from the token's node: it passes the token's bytes, and its left part. */
    private void addToken(int token, int node, byte[] bytes, int offset, MergeTable merges) {
      int leftLength = file[plane(5) + node] & 0xFF;
      int left = TokenTable.NONE;
      int above = node;
      for (int depth = depths[node]; depth > 0; depth--) {
        bytes[offset + depth - 1] = (byte) label(above);
        if (depth == leftLength) {
          left = token(above);
        }
        above = parents[above];
      }
      if (leftLength == 0) {
        merges.addAtom(token);
      } else {
        merges.addMerge(left, threeBytes(6, node), token);
      }
    }

    private int children(int node) {
      return file[plane(0) + node] & 0xFF;
    }

    private int label(int node) {
      return file[plane(1) + node] & 0xFF;
    }

    private int token(int node) {
      return threeBytes(2, node) - 1;
    }

    private int threeBytes(int plane, int node) {
      int low = file[plane(plane) + node] & 0xFF;
      int middle = file[plane(plane + 1) + node] & 0xFF;
      int high = file[plane(plane + 2) + node] & 0xFF;
      return high << 16 | middle << 8 | low;
    }

    private int plane(int number) {
      return HEADER + number * nodes;
    }
  }
}
