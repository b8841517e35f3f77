import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the binary tables that the tokenizers load: one vocabulary a file, and the character
 * classes. Run by the build as a single source file; not part of the product.
 *
 * <p>Arguments: this module's {@code src/build}, the directory to write to. The vocabularies come
 * from the jtokkit jar on the class path. Files that are newer than both sources are kept.
 */
public final class GenerateTables {
  private static final List<String> VOCABULARIES =
      List.of("r50k_base", "p50k_base", "cl100k_base", "o200k_base");

  private GenerateTables() {}

  public static void main(String[] args) throws IOException {
    Path ranges = Path.of(args[0], "unicode", "classes-16.0.txt");
    Path generator = Path.of(args[0], "java", "GenerateTables.java");
    long changed = Math.max(lastModified(ranges), lastModified(generator));
    Path directory = Files.createDirectories(Path.of(args[1]));
    writeIfOlder(changed, directory.resolve("char-classes.bin"), () -> CharClassTable.of(ranges));
    for (String name : VOCABULARIES) {
      Path file = directory.resolve(name + ".bpe");
      writeIfOlder(changed, file, () -> Vocabulary.read(name).toBytes());
    }
  }

  private static void writeIfOlder(long changed, Path file, Content content) throws IOException {
    if (!Files.exists(file) || lastModified(file) <= changed) {
      Files.write(file, content.bytes());
    }
  }

  private static long lastModified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  private interface Content {
    byte[] bytes() throws IOException;
  }

  /**
   * Two-stage table of character classes: {@code char} count of blocks, then for each 64 code
   * points the number of their block, then the blocks of 64 classes.
   */
  private static final class CharClassTable {
    private static final int BLOCK = 64;

    static byte[] of(Path ranges) throws IOException {
      byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
      for (String line : Files.readAllLines(ranges)) {
        if (line.startsWith("#") || line.isBlank()) {
          continue;
        }
        for (String range : line.split(" ")) {
          int separator = range.indexOf(':');
          int start = Integer.parseInt(range.substring(0, separator), 16);
          Arrays.fill(classes, start, classes.length, classOf(range.substring(separator + 1)));
        }
      }
      return twoStage(classes);
    }

    /** The same bits as in {@code CharClasses}. */
    private static byte classOf(String name) {
      return switch (name) {
        case "U" -> 1;
        case "L" -> 2;
        case "O" -> 4;
        case "M" -> 8;
        case "N" -> 16;
        case "S" -> 32;
        case "B" -> 64;
        case "-" -> 0;
        default -> throw new IllegalArgumentException("unknown character class " + name);
      };
    }

    private static byte[] twoStage(byte[] classes) throws IOException {
      Map<String, Integer> numbers = new LinkedHashMap<>();
      int[] index = new int[classes.length / BLOCK];
      for (int i = 0; i < index.length; i++) {
        String block = new String(classes, i * BLOCK, BLOCK, StandardCharsets.ISO_8859_1);
        index[i] = numbers.computeIfAbsent(block, key -> numbers.size());
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeChar(numbers.size());
      for (int number : index) {
        out.writeChar(number);
      }
      for (String block : numbers.keySet()) {
        out.write(block.getBytes(StandardCharsets.ISO_8859_1));
      }
      return bytes.toByteArray();
    }
  }

  /** The tokens of one encoding: their bytes, how they merge, and a trie to find them. */
  private static final class Vocabulary {
    private static final int ROOTS = 256;

    /** In place of a number of children: a token that goes on without a branch. */
    private static final int TAIL = 255;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();

    /** Tokens are held as ISO-8859-1 strings: one char a byte. */
    static Vocabulary read(String name) throws IOException {
      Vocabulary vocabulary = new Vocabulary();
      String resource = "/com/knuddels/jtokkit/" + name + ".tiktoken";
      try (InputStream in = GenerateTables.class.getResourceAsStream(resource)) {
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

    /** The file: see {@code Vocabulary} of the product. */
    byte[] toBytes() throws IOException {
      List<Node> nodes = inOrder();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(0x54_4D_42_33); // "TMB3"
      out.writeInt(tokens.size());
      out.writeInt(tokens.stream().mapToInt(String::length).sum());
      out.writeInt(nodes.size());
      for (String token : tokens) {
        out.writeByte(token.length());
      }
      for (String token : tokens) {
        out.write(token.getBytes(StandardCharsets.ISO_8859_1));
      }
      for (int id = 0; id < tokens.size(); id++) {
        long parts = partsOf(tokens.get(id), id);
        for (int shift = 0; shift < 40; shift += 8) {
          out.writeByte((int) (parts >>> shift));
        }
      }
      // One plane after the other: that is what compresses well.
      for (Node node : nodes) {
        out.writeByte(node.isTail() ? TAIL : node.children.size());
      }
      for (Node node : nodes) {
        out.writeByte(node.label());
      }
      for (int shift = 0; shift < 24; shift += 8) {
        for (Node node : nodes) {
          out.writeByte((node.id + 1) >>> shift);
        }
      }
      return bytes.toByteArray();
    }

    /** The order of the nodes in the file: see {@code TokenTrie} of the product. */
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
        return new Node(
            first.substring(0, depth), ids.get(first), first.length() > depth, List.of());
      }
      boolean isToken = first.length() == depth;
      List<String> below = isToken ? tokensWithin.subList(1, tokensWithin.size()) : tokensWithin;
      return new Node(
          first.substring(0, depth),
          isToken ? ids.get(first) : -1,
          false,
          childrenOf(below, depth));
    }

    /**
     * The two tokens that merge into this one, 20 bits each with the left one lowest; itself twice
     * for a single byte. Proves on the way that the token encodes to itself.
     */
    private long partsOf(String token, int id) {
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
      int left = parts.size() < 2 ? id : ids.get(parts.get(0));
      int right = parts.size() < 2 ? id : ids.get(parts.get(1));
      return (long) right << 20 | left;
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
}
