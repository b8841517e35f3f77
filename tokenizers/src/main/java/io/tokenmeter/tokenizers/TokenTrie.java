package io.tokenmeter.tokenizers;

/**
 * The tokens as a trie, for the longest token at a place. Nodes are numbered in breadth-first
 * order, so the children of a node are consecutive. Immutable.
 *
 * <p>A node is one long, so that a step down mostly stays within one cache line: the byte that
 * leads to it (8 bits), the number of its children (8), the first of them (24), and the longest
 * token that is a prefix of its bytes, or all of them (24).
 */
final class TokenTrie {
  private static final int ROOTS = 256;
  private static final int LABEL_SHIFT = 56;
  private static final int CHILDREN_SHIFT = 48;
  private static final int FIRST_SHIFT = 24;
  private static final int INDEX_MASK = 0xFF_FFFF;

  /** Among more children than that the right one is found by halving. */
  private static final int FEW = 8;

  private final long[] nodes;

  /** The nodes of two bytes, by these two; 0 where there is none. */
  private final int[] second = new int[ROOTS * ROOTS];

  private TokenTrie(long[] nodes) {
    this.nodes = nodes;
    for (int root = 0; root < ROOTS; root++) {
      int first = firstChild(nodes[root]);
      for (int child = first; child < first + children(nodes[root]); child++) {
        second[root << 8 | label(nodes[child])] = child;
      }
    }
  }

  /** Fills in the nodes one after the other, for {@link #build}. */
  static final class Builder {
    private final long[] nodes;
    private int next = ROOTS;

    Builder(int size) {
      this.nodes = new long[size];
    }

    /** The node's children are those that follow the children of the node before it. */
    void set(int node, int label, int children, int longestToken) {
      nodes[node] =
          (long) label << LABEL_SHIFT
              | (long) children << CHILDREN_SHIFT
              | (long) next << FIRST_SHIFT
              | longestToken;
      next += children;
    }

    TokenTrie build() {
      return new TokenTrie(nodes);
    }
  }

  /** The longest token that starts at {@code from} and ends at or before {@code to}. */
  int longest(byte[] text, int from, int to) {
    if (from + 1 == to) {
      return longestToken(nodes[text[from] & 0xFF]);
    }
    int at = from + 2;
    int child = second[(text[from] & 0xFF) << 8 | (text[from + 1] & 0xFF)];
    if (child == 0) {
      return longestToken(nodes[text[from] & 0xFF]);
    }
    long node = nodes[child];
    while (at < to) {
      child = child(node, text[at++] & 0xFF);
      if (child < 0) {
        break;
      }
      node = nodes[child];
    }
    return longestToken(node);
  }

  /** The child by that byte, or -1. */
  private int child(long node, int label) {
    int low = firstChild(node);
    int high = low + children(node);
    while (high - low > FEW) {
      int middle = (low + high) >>> 1;
      if (label(nodes[middle]) <= label) {
        low = middle;
      } else {
        high = middle;
      }
    }
    for (int child = low; child < high; child++) {
      if (label(nodes[child]) == label) {
        return child;
      }
    }
    return -1;
  }

  private static int label(long node) {
    return (int) (node >>> LABEL_SHIFT);
  }

  private static int children(long node) {
    return (int) (node >>> CHILDREN_SHIFT) & 0xFF;
  }

  private static int firstChild(long node) {
    return (int) (node >>> FIRST_SHIFT) & INDEX_MASK;
  }

  private static int longestToken(long node) {
    return (int) node & INDEX_MASK;
  }
}
