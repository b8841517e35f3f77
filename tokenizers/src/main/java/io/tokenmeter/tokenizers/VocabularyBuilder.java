package io.tokenmeter.tokenizers;

import java.util.Arrays;

/**
 * Builds a {@link Vocabulary} out of its tokens. They are numbered from 0: first those that nothing
 * merges into, then the others in the order of their merges.
 */
final class VocabularyBuilder {
  /** The longest token, in bytes. */
  static final int LONGEST = 255;

  /** The most bytes that all tokens may have, as nodes of the trie are numbered in 24 bits. */
  static final int MOST_BYTES = (1 << 24) - 512;

  private final byte[][] tokens;
  private final int[] left;
  private final int[] right;

  /** Tokens in the order of their bytes. */
  private final Integer[] sorted;

  /** By trie node: the byte that leads to it, its children and its token. */
  private byte[] labels;

  private int[] children;
  private int[] tokenOf;
  private int nodes;

  /**
   * @param tokens their bytes: all different, 1 to {@value #LONGEST} each
   * @param left by token, the left one of the two that merge into it; -1 where nothing does
   * @param right the same for the right one
   */
  VocabularyBuilder(byte[][] tokens, int[] left, int[] right) {
    this.tokens = tokens;
    this.left = left;
    this.right = right;
    this.sorted = new Integer[tokens.length];
    Arrays.setAll(sorted, token -> token);
    Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(tokens[a], tokens[b]));
    int room = TokenTrie.ROOTS + 2 * tokens.length;
    this.labels = new byte[room];
    this.children = new int[room];
    this.tokenOf = new int[room];
  }

  Vocabulary build() {
    int[] offsets = new int[tokens.length + 1];
    for (int token = 0; token < tokens.length; token++) {
      offsets[token + 1] = offsets[token] + tokens[token].length;
    }
    byte[] bytes = new byte[offsets[tokens.length] + Longs.PADDING];
    for (int token = 0; token < tokens.length; token++) {
      System.arraycopy(tokens[token], 0, bytes, offsets[token], tokens[token].length);
    }
    addRoots();
    TokenTrie.Builder trie =
        new TokenTrie.Builder(
            Arrays.copyOf(labels, nodes + Longs.PADDING),
            new Nodes(children, tokenOf),
            tokens.length);
    return new Vocabulary(
        bytes,
        offsets,
        trie.nextPrefix(),
        trie.build(bytes, offsets),
        merges(bytes, offsets),
        ShortTokens.none());
  }

  /** All bytes are roots, whether or not a token starts with them. */
  private void addRoots() {
    int[] starts = new int[TokenTrie.ROOTS + 1];
    for (int label = 0; label < TokenTrie.ROOTS; label++) {
      addNode(label);
      starts[label + 1] = endOfLabel(starts[label], tokens.length, 0, label);
    }
    for (int label = 0; label < TokenTrie.ROOTS; label++) {
      addBelow(label, starts[label], starts[label + 1], 1);
    }
  }

  /**
   * Says what is at a node and adds all that is below it: its children, then what is below each.
   *
   * @param from the first of the tokens that lead there, in their order
   */
  private void addBelow(int node, int from, int to, int depth) {
    int start = from;
    if (start < to && tokens[sorted[start]].length == depth) {
      tokenOf[node] = sorted[start++];
    } else if (to - from == 1 && depth > 1) {
      tokenOf[node] = sorted[start];
      children[node] = TokenTrie.TAIL_CHILDREN;
      return;
    }
    int firstChild = nodes;
    for (int at = start; at < to; at = endOfLabel(at, to, depth, label(at, depth))) {
      addNode(label(at, depth));
    }
    children[node] = nodes - firstChild;
    int at = start;
    for (int child = firstChild; at < to; child++) {
      int end = endOfLabel(at, to, depth, label(at, depth));
      addBelow(child, at, end, depth + 1);
      at = end;
    }
  }

  private int label(int index, int depth) {
    return tokens[sorted[index]][depth] & 0xFF;
  }

  private int endOfLabel(int start, int limit, int depth, int label) {
    int at = start;
    while (at < limit && label(at, depth) == label) {
      at++;
    }
    return at;
  }

  private void addNode(int label) {
    if (nodes == labels.length) {
      labels = Arrays.copyOf(labels, 2 * nodes);
      children = Arrays.copyOf(children, 2 * nodes);
      tokenOf = Arrays.copyOf(tokenOf, 2 * nodes);
    }
    labels[nodes] = (byte) label;
    tokenOf[nodes] = Vocabulary.NONE;
    nodes++;
  }

  private MergeTable merges(byte[] bytes, int[] offsets) {
    byte[] parts = new byte[MergeTable.BYTES_A_TOKEN * tokens.length + Longs.PADDING];
    int[] latest = new int[tokens.length];
    boolean inOrder = true;
    for (int token = 0; token < tokens.length; token++) {
      latest[token] = token;
      if (left[token] < 0) {
        MergeTable.putParts(parts, token, token, token);
      } else {
        MergeTable.putParts(parts, token, left[token], right[token]);
        inOrder &= left[token] < token && right[token] < token;
      }
    }
    MergeTable merges = MergeTable.of(parts, bytes, offsets);
    if (!inOrder) {
      findLatest(latest);
      merges.setLatestMerges(latest);
    }
    return merges;
  }

  /** Shorter tokens first, as a token consists of shorter ones. */
  private void findLatest(int[] latest) {
    Integer[] byLength = new Integer[tokens.length];
    Arrays.setAll(byLength, token -> token);
    Arrays.sort(byLength, (a, b) -> Integer.compare(tokens[a].length, tokens[b].length));
    for (int token : byLength) {
      if (left[token] >= 0) {
        latest[token] = Math.max(token, Math.max(latest[left[token]], latest[right[token]]));
      }
    }
  }

  private record Nodes(int[] children, int[] tokenOf) implements TokenTrie.Nodes {
    @Override
    public int children(int node) {
      return children[node];
    }

    @Override
    public int token(int node) {
      return tokenOf[node];
    }
  }
}
