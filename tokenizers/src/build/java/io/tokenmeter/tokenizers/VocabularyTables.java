package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;

/** The tokens of one encoding: their bytes, how they merge, and a trie to find them. */
final class VocabularyTables {
  private static final int ROOTS = 256;

  /** In place of a number of children: a token that goes on without a branch. */
  private static final int TAIL = 255;

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();

  /** Tokens are held as ISO-8859-1 strings: one char a byte. */
  static VocabularyTables read(String name) throws IOException {
    VocabularyTables vocabulary = new VocabularyTables();
    String resource = "/com/knuddels/jtokkit/" + name + ".tiktoken";
    try (InputStream in = VocabularyTables.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the class path has no " + resource + "; is jtokkit missing?");
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
        int space = line.indexOf(' ');
        byte[] token = Base64.getDecoder().decode(line.substring(0, space));
        vocabulary.add(
            new String(token, StandardCharsets.ISO_8859_1),
            Integer.parseInt(line.substring(space + 1).trim()));
      }
    }
    return vocabulary;
  }

  private void add(String token, int id) {
    ids.put(token, id);
    while (tokens.size() <= id) {
      tokens.add("");
    }
    tokens.set(id, token);
  }

  private int idOf(String token) {
    return Objects.requireNonNull(ids.get(token));
  }

  /** The file: see {@link VocabularyFile}. */
  byte[] toBytes() {
    byte[] bytes = String.join("", tokens).getBytes(StandardCharsets.ISO_8859_1);
    byte[] padded = Arrays.copyOf(bytes, bytes.length + Longs.PADDING);
    int[] offsets = new int[tokens.size() + 1];
    byte[] lengths = new byte[tokens.size()];
    byte[] parts = new byte[MergeTable.BYTES_A_TOKEN * tokens.size() + Longs.PADDING];
    for (int id = 0; id < tokens.size(); id++) {
      lengths[id] = (byte) tokens.get(id).length();
      offsets[id + 1] = offsets[id] + tokens.get(id).length();
      putParts(parts, id);
    }
    MergeTable merges = MergeTable.of(parts, padded, offsets);
    List<Node> nodes = inOrder();
    TableFile file = new TableFile();
    file.add(lengths, lengths.length);
    file.add(bytes, bytes.length);
    file.add(parts, parts.length - Longs.PADDING);
    file.add(merges.entries());
    file.add(merges.filter());
    file.add(merges.borders().bits());
    file.add(ShortTokens.of(padded, offsets).entries());
    file.add(plane(nodes, Node::label), nodes.size());
    // One plane after the other: that is what compresses well.
    file.add(plane(nodes, node -> node.isTail() ? TAIL : node.children.size()), nodes.size());
    for (int shift = 0; shift < 24; shift += 8) {
      int lowest = shift;
      file.add(plane(nodes, node -> (node.id + 1) >>> lowest), nodes.size());
    }
    return file.toBytes();
  }

  private static byte[] plane(List<Node> nodes, ToIntFunction<Node> value) {
    byte[] plane = new byte[nodes.size()];
    for (int node = 0; node < plane.length; node++) {
      plane[node] = (byte) value.applyAsInt(nodes.get(node));
    }
    return plane;
  }

  /** The order of the nodes in the file: see {@link TokenTrie}. */
  private List<Node> inOrder() {
    List<String> sorted = new ArrayList<>(ids.keySet());
    sorted.sort(null);
    List<Node> roots = childrenOf(sorted, 0);
    if (roots.size() != ROOTS || roots.stream().anyMatch(root -> root.id < 0)) {
      throw new IllegalStateException("not every byte is a token");
    }
    List<Node> nodes = new ArrayList<>();
    addAll(roots, nodes);
    return nodes;
  }

  private static void addAll(List<Node> siblings, List<Node> nodes) {
    if (siblings.size() >= TAIL && !nodes.isEmpty()) {
      throw new IllegalStateException("a node below the root has " + TAIL + " children");
    }
    nodes.addAll(siblings);
    for (Node node : siblings) {
      addAll(node.children, nodes);
    }
  }

  /** The nodes below one, whose tokens these are, sorted, without that node's own. */
  private List<Node> childrenOf(List<String> below, int depth) {
    List<Node> children = new ArrayList<>();
    for (int from = 0; from < below.size(); ) {
      char label = below.get(from).charAt(depth);
      int to = from + 1;
      while (to < below.size() && below.get(to).charAt(depth) == label) {
        to++;
      }
      children.add(node(below.subList(from, to), depth + 1));
      from = to;
    }
    return children;
  }

  /** A node of the second level or deeper that leads to one token only is that token's end. */
  private Node node(List<String> tokensWithin, int depth) {
    String first = tokensWithin.get(0);
    if (tokensWithin.size() == 1 && (depth > 1 || first.length() == 1)) {
      return new Node(first.substring(0, depth), idOf(first), first.length() > depth, List.of());
    }
    boolean isToken = first.length() == depth;
    List<String> below = isToken ? tokensWithin.subList(1, tokensWithin.size()) : tokensWithin;
    return new Node(
        first.substring(0, depth), isToken ? idOf(first) : -1, false, childrenOf(below, depth));
  }

  /**
   * The two tokens that merge into this one; itself twice for a single byte. Proves on the way that
   * the token encodes to itself.
   */
  private void putParts(byte[] target, int id) {
    String token = tokens.get(id);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < token.length(); i++) {
      parts.add(token.substring(i, i + 1));
    }
    while (parts.size() > 2) {
      int best = -1;
      int bestId = id;
      for (int i = 0; i + 1 < parts.size(); i++) {
        Integer merged = ids.get(parts.get(i) + parts.get(i + 1));
        if (merged != null && merged < bestId) {
          best = i;
          bestId = merged;
        }
      }
      if (best < 0) {
        throw new IllegalStateException("token " + id + " does not encode to itself");
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    int left = parts.size() < 2 ? id : idOf(parts.get(0));
    int right = parts.size() < 2 ? id : idOf(parts.get(1));
    MergeTable.putParts(target, id, left, right);
  }

  /**
   * @param id of the token that ends here, or -1
   * @param isTail whether the token has more bytes than lead here
   */
  private record Node(String text, int id, boolean isTail, List<Node> children) {
    int label() {
      return text.charAt(text.length() - 1);
    }
  }
}
