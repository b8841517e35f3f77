package io.tokenmeter.tokenizers;

import java.util.Arrays;

/**
 * The tokens as a trie, for the longest token at a place. The children of a node are consecutive,
 * and behind them are those of the first child with all below it, then those of the second: small
 * branches stay within a cache line or two. The first 256 nodes are those of single bytes. A node
 * below which there is one token only is that token's end, whatever bytes it still has: they are
 * compared with the token's own. Immutable.
 *
 * <p>A node is one long: the longest token that is a prefix of its bytes, or all of them (20 bits);
 * its first child, or for a token's early end the longest token that is a shorter prefix (24); and
 * how to find a child (20): the number of children if they are few, else where its {@linkplain
 * #bitmaps bitmap} is.
 */
final class TokenTrie {
  static final int ROOTS = 256;

  /** Stands for the number of children of a token's early end. */
  static final int TAIL_CHILDREN = -1;

  private static final int NO_PREFIX = Vocabulary.NONE;

  private static final int TOKEN_MASK = (1 << 20) - 1;
  private static final int FIRST_SHIFT = 20;
  private static final int FIRST_MASK = (1 << 24) - 1;

  /** A trie has at most so many nodes. */
  static final int MOST_NODES = FIRST_MASK;

  private static final int SEARCH_SHIFT = 44;

  /** So many labels are compared at once. */
  private static final int FEW = Long.BYTES;

  private static final int TAIL = FEW + 1;
  private static final int FIRST_BITMAP = FEW + 2;
  private static final int WORDS_A_BITMAP = 4;

  private static final int NO_CHILD = -1;
  private static final int AT_TAIL = -2;

  private static final int CHARACTERS = 1 << 16;

  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long EVERY_HIGH_BIT = 0x8080808080808080L;

  private final byte[] bytes;
  private final int[] offsets;
  private final byte[] labels;
  private final long[] nodes;

  /** Of each node with more than a few children, one bit for each byte that leads to a child. */
  private final long[] bitmaps;

  /** The nodes of three-byte characters, by code point; 0 where there is none. */
  private final int[] characters;

  private TokenTrie(
      byte[] bytes, int[] offsets, byte[] labels, long[] nodes, long[] bitmaps, int[] characters) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.labels = labels;
    this.nodes = nodes;
    this.bitmaps = bitmaps;
    this.characters = characters;
  }

  /** What is known of the nodes, by their number, before they are linked. */
  interface Nodes {
    /** How many children it has, or {@link #TAIL_CHILDREN}. */
    int children(int node);

    /** The token that ends there, or {@link Vocabulary#NONE}. */
    int token(int node);
  }

  /** Links the nodes, of which only the number of their children is known. */
  static final class Builder {
    private final byte[] labels;
    private final Nodes source;
    private final long[] nodes;
    private long[] bitmaps = new long[WORDS_A_BITMAP * 256];
    private final int[] characters = new int[CHARACTERS];
    private final int[] nextPrefix;
    private int nextBitmap;

    /**
     * @param labels the byte that leads to each node, in the order of the nodes, and {@link
     *     Longs#PADDING}
     * @param ids one more than the highest token
     */
    Builder(byte[] labels, Nodes source, int ids) {
      int count = labels.length - Longs.PADDING;
      if (count > MOST_NODES) {
        throw new IllegalArgumentException(
            "a vocabulary of " + count + " trie nodes; at most " + MOST_NODES + " are supported");
      }
      this.labels = labels;
      this.source = source;
      this.nodes = new long[count];
      this.nextPrefix = new int[ids];
    }

    /**
     * @param bytes all tokens one after the other
     * @param offsets where each token starts; one more for the end
     */
    TokenTrie build(byte[] bytes, int[] offsets) {
      Arrays.fill(nodes, 0, ROOTS, NO_PREFIX);
      link(NO_CHILD, 0, ROOTS);
      return new TokenTrie(
          bytes,
          offsets,
          labels,
          nodes,
          Arrays.copyOf(bitmaps, WORDS_A_BITMAP * nextBitmap),
          characters);
    }

    /** The longest other token that is a prefix of each one, or {@link Vocabulary#NONE}. */
    int[] nextPrefix() {
      return nextPrefix;
    }

    /**
     * Links siblings and all that is below them. Many calls rather than one long loop, which would
     * run long before it is compiled.
     *
     * @param parent of the siblings
     * @param to the end of the siblings, and where what is below them starts
     * @return where that ends
     */
    private int link(int parent, int from, int to) {
      int next = to;
      for (int node = from; node < to; node++) {
        int count = linkOne(node, next);
        if (startsThree(parent)) {
          addCharacters(parent, labels[node], next, count);
        }
        if (count > 0) {
          next = link(node, next, next + count);
        }
      }
      return next;
    }

    /** Fills in a node, whose children start at {@code first}, and returns how many they are. */
    private int linkOne(int node, int first) {
      int token = source.token(node);
      int prefix = (int) nodes[node];
      if (token >= 0) {
        nextPrefix[token] = prefix;
      }
      int count = source.children(node);
      if (count == TAIL_CHILDREN) {
        nodes[node] = node(TAIL, prefix, token);
        return 0;
      }
      int longest = token >= 0 ? token : prefix;
      for (int child = first; child < first + count; child++) {
        nodes[child] = longest;
      }
      nodes[node] =
          node(count > FEW ? FIRST_BITMAP + addBitmap(first, count) : count, first, longest);
      return count;
    }

    /** The children of the node of two bytes that start three-byte characters. */
    private void addCharacters(int lead, int second, int first, int count) {
      for (int child = first; child < first + count; child++) {
        if (continues(second) && continues(labels[child])) {
          characters[character(lead, second, labels[child])] = child;
        }
      }
    }

    private static boolean continues(int utf8) {
      return (utf8 & 0xC0) == 0x80;
    }

    private int addBitmap(int first, int count) {
      if (WORDS_A_BITMAP * nextBitmap == bitmaps.length) {
        bitmaps = Arrays.copyOf(bitmaps, 2 * bitmaps.length);
      }
      for (int child = first; child < first + count; child++) {
        int label = labels[child] & 0xFF;
        bitmaps[WORDS_A_BITMAP * nextBitmap + (label >>> 6)] |= 1L << label;
      }
      return nextBitmap++;
    }

    /** Where there is no token yet, none is looked for: a text consists of whole units. */
    private static long node(int search, int first, int token) {
      return (long) search << SEARCH_SHIFT
          | (long) Math.max(0, first) << FIRST_SHIFT
          | Math.max(0, token);
    }
  }

  /** The longest token that starts at {@code from} and ends at or before {@code to}. */
  int longest(byte[] text, int from, int to) {
    int lead = text[from] & 0xFF;
    int at = from + 1;
    long node = nodes[lead];
    if (startsThree(lead) && at + 2 <= to) {
      int character = characters[character(lead, text[at], text[at + 1])];
      if (character != 0) {
        node = nodes[character];
        at += 2;
      }
    }
    while (at < to) {
      int child = child(node, text[at] & 0xFF);
      if (child < 0) {
        return child == AT_TAIL ? tail(node, text, from, at, to) : longestToken(node);
      }
      node = nodes[child];
      at++;
    }
    return search(node) == TAIL ? first(node) : longestToken(node);
  }

  /** The child by that byte; {@link #NO_CHILD}, or {@link #AT_TAIL} at a token's early end. */
  private int child(long node, int label) {
    int search = search(node);
    if (search <= FEW) {
      return childOfFew(first(node), search, label);
    }
    return search == TAIL ? AT_TAIL : childOfMany(first(node), search - FIRST_BITMAP, label);
  }

  private static boolean startsThree(int lead) {
    return lead >= 0xE0 && lead <= 0xEF;
  }

  private static int character(int lead, int second, int third) {
    return (lead & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F;
  }

  private int childOfFew(int first, int children, int label) {
    long different = Longs.at(labels, first) ^ label * EVERY_BYTE;
    long found = different - EVERY_BYTE & ~different & EVERY_HIGH_BIT;
    int index = Long.numberOfTrailingZeros(found) >>> 3;
    return index < children ? first + index : NO_CHILD;
  }

  private int childOfMany(int first, int bitmap, int label) {
    int start = WORDS_A_BITMAP * bitmap;
    int index = start + (label >>> 6);
    long bit = 1L << label;
    long word = bitmaps[index];
    if ((word & bit) == 0) {
      return NO_CHILD;
    }
    int child = first + Long.bitCount(word & bit - 1);
    for (int before = start; before < index; before++) {
      child += Long.bitCount(bitmaps[before]);
    }
    return child;
  }

  /** The node's token if the text from {@code at} on goes on like it. */
  private int tail(long node, byte[] text, int from, int at, int to) {
    int token = longestToken(node);
    int tail = offsets[token] + at - from;
    int length = offsets[token + 1] - tail;
    if (length <= to - at) {
      int i = 0;
      while (i < length && bytes[tail + i] == text[at + i]) {
        i++;
      }
      if (i == length) {
        return token;
      }
    }
    return first(node);
  }

  private static int search(long node) {
    return (int) (node >>> SEARCH_SHIFT);
  }

  private static int first(long node) {
    return (int) (node >>> FIRST_SHIFT) & FIRST_MASK;
  }

  private static int longestToken(long node) {
    return (int) node & TOKEN_MASK;
  }
}
