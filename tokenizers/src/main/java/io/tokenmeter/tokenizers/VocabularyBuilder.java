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

  private static final int ROOTS = 256;

  private final byte[][] tokens;
  private final int[] left;
  private final int[] right;
  private final int merging;

  /** Tokens in the order of their bytes. */
  private final Integer[] sorted;

  private int[] from;
  private int[] to;
  private int[] depth;
  private int[] parent;
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
    this.merging = tokens.length;
    this.sorted = new Integer[merging];
    Arrays.setAll(sorted, token -> token);
    Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(tokens[a], tokens[b]));
    int room = ROOTS + 2 * merging;
    this.from = new int[room];
    this.to = new int[room];
    this.depth = new int[room];
    this.parent = new int[room];
  }

  Vocabulary build() {
    addRoots();
    for (int node = 0; node < nodes; node++) {
      addChildren(node);
    }
    int[] nextPrefix = new int[tokens.length];
    Arrays.fill(nextPrefix, TokenTable.NONE);
    TokenTrie trie = trie(nextPrefix);
    int[] offsets = new int[tokens.length + 1];
    for (int token = 0; token < tokens.length; token++) {
      offsets[token + 1] = offsets[token] + tokens[token].length;
    }
    byte[] bytes = new byte[offsets[tokens.length] + Longs.PADDING];
    for (int token = 0; token < tokens.length; token++) {
      System.arraycopy(tokens[token], 0, bytes, offsets[token], tokens[token].length);
    }
    TokenTable table = new TokenTable(bytes, offsets, tokens.length);
    for (int token = 0; token < tokens.length; token++) {
      table.add(token);
    }
    return new Vocabulary(bytes, offsets, nextPrefix, table, trie, merges());
  }

  private void addRoots() {
    int at = 0;
    for (int label = 0; label < ROOTS; label++) {
      int end = endOfLabel(at, merging, 0, label);
      addNode(at, end, 1, -1);
      at = end;
    }
  }

  private void addChildren(int node) {
    int at = from[node];
    int nodeDepth = depth[node];
    if (at < to[node] && tokens[sorted[at]].length == nodeDepth) {
      at++;
    }
    while (at < to[node]) {
      int end = endOfLabel(at, to[node], nodeDepth, tokens[sorted[at]][nodeDepth] & 0xFF);
      addNode(at, end, nodeDepth + 1, node);
      at = end;
    }
  }

  private int endOfLabel(int start, int limit, int index, int label) {
    int at = start;
    while (at < limit && (tokens[sorted[at]][index] & 0xFF) == label) {
      at++;
    }
    return at;
  }

  private void addNode(int first, int end, int nodeDepth, int above) {
    if (nodes == from.length) {
      from = Arrays.copyOf(from, 2 * nodes);
      to = Arrays.copyOf(to, 2 * nodes);
      depth = Arrays.copyOf(depth, 2 * nodes);
      parent = Arrays.copyOf(parent, 2 * nodes);
    }
    from[nodes] = first;
    to[nodes] = end;
    depth[nodes] = nodeDepth;
    parent[nodes] = above;
    nodes++;
  }

  private TokenTrie trie(int[] nextPrefix) {
    int[] children = new int[nodes];
    for (int node = ROOTS; node < nodes; node++) {
      children[parent[node]]++;
    }
    TokenTrie.Builder trie = new TokenTrie.Builder(nodes);
    int[] longestToken = new int[nodes];
    for (int node = 0; node < nodes; node++) {
      longestToken[node] = node < ROOTS ? TokenTable.NONE : longestToken[parent[node]];
      if (from[node] < to[node] && tokens[sorted[from[node]]].length == depth[node]) {
        int token = sorted[from[node]];
        nextPrefix[token] = longestToken[node];
        longestToken[node] = token;
      }
      int label = node < ROOTS ? node : tokens[sorted[from[node]]][depth[node] - 1] & 0xFF;
      // Where there is no token yet, none is looked for: a text consists of whole units.
      trie.set(node, label, children[node], Math.max(0, longestToken[node]));
    }
    return trie.build();
  }

  private MergeTable merges() {
    MergeTable merges = new MergeTable(Math.max(256, tokens.length));
    int[] latest = new int[tokens.length];
    boolean inOrder = true;
    for (int token = 0; token < tokens.length; token++) {
      latest[token] = token;
      if (left[token] < 0) {
        merges.addAtom(token);
      } else {
        merges.addMerge(left[token], right[token], token);
        inOrder &= left[token] < token && right[token] < token;
      }
    }
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
}
