package io.tokenmeter.tokenizers;

import static io.tokenmeter.tokenizers.CharClasses.SPACE;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The added tokens that are looked for in a text before it is cut into pieces, as a trie of their
 * bytes. Immutable.
 */
final class AddedTokens {
  /** The longest content, in bytes, which bounds the work at each place of a text. */
  static final int LONGEST = 1024;

  /** What {@link #longest} returns where there is none. */
  static final int NONE = -1;

  /** What {@link #longest} returns where only more text can tell. */
  static final int UNDECIDED = -2;

  /**
   * An added token.
   *
   * @param content what it looks like in the text; not empty
   * @param singleWord only where no word character stands beside it
   * @param stripLeft takes white space before it along
   * @param stripRight takes white space behind it along
   */
  record AddedToken(
      int id, String content, boolean singleWord, boolean stripLeft, boolean stripRight) {}

  private final List<AddedToken> tokens;
  private final int[] lengths;
  private final boolean stripsLeft;
  private final boolean[] starts = new boolean[256];

  private byte[] labels = new byte[64];
  private int[] firstChild = new int[64];
  private int[] sibling = new int[64];
  private int[] token = new int[64];
  private int nodes = 1;

  AddedTokens(List<AddedToken> tokens) {
    this.tokens = List.copyOf(tokens);
    this.stripsLeft = tokens.stream().anyMatch(AddedToken::stripLeft);
    this.lengths = new int[tokens.size()];
    token[0] = NONE;
    for (int i = 0; i < tokens.size(); i++) {
      byte[] content = tokens.get(i).content().getBytes(StandardCharsets.UTF_8);
      lengths[i] = content.length;
      starts[content[0] & 0xFF] = true;
      int node = 0;
      for (byte label : content) {
        int child = child(node, label);
        node = child != 0 ? child : addChild(node, label);
      }
      token[node] = i;
    }
  }

  private int addChild(int node, byte label) {
    if (nodes == labels.length) {
      labels = Arrays.copyOf(labels, 2 * nodes);
      firstChild = Arrays.copyOf(firstChild, 2 * nodes);
      sibling = Arrays.copyOf(sibling, 2 * nodes);
      token = Arrays.copyOf(token, 2 * nodes);
    }
    labels[nodes] = label;
    token[nodes] = NONE;
    sibling[nodes] = firstChild[node];
    firstChild[node] = nodes;
    return nodes++;
  }

  private int child(int node, byte label) {
    int child = firstChild[node];
    while (child != 0 && labels[child] != label) {
      child = sibling[child];
    }
    return child;
  }

  boolean isEmpty() {
    return tokens.isEmpty();
  }

  /** Whether any of them takes white space before it along. */
  boolean stripsLeft() {
    return stripsLeft;
  }

  boolean canStartWith(byte first) {
    return starts[first & 0xFF];
  }

  /**
   * The longest added token at a place, as its index; {@link #NONE}, or {@link #UNDECIDED}.
   *
   * @param last whether the text ends at {@code to}
   */
  int longest(byte[] utf8, int from, int to, boolean last) {
    int node = 0;
    int longest = NONE;
    for (int at = from; at < to; at++) {
      node = child(node, utf8[at]);
      if (node == 0) {
        return longest;
      }
      if (token[node] != NONE) {
        longest = token[node];
      }
    }
    return last || firstChild[node] == 0 ? longest : UNDECIDED;
  }

  AddedToken get(int index) {
    return tokens.get(index);
  }

  /** How many bytes the token's content has. */
  int length(int index) {
    return lengths[index];
  }

  static boolean isSpace(byte[] utf8, int at) {
    return (CharClasses.at(utf8, at) & SPACE) != 0;
  }

  /** {@code \w}: Alphabetic, marks, decimal digits, connectors, joiners. */
  static boolean isWordCharacter(int codePoint) {
    if (Character.isAlphabetic(codePoint) || codePoint == 0x200C || codePoint == 0x200D) {
      return true;
    }
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.DECIMAL_DIGIT_NUMBER,
          Character.CONNECTOR_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
