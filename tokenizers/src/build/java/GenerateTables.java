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

  /** The tokens of one encoding as a trie in breadth-first order. */
  private static final class Vocabulary {
    private final Map<String, Integer> ids = new HashMap<>();

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
          vocabulary.ids.put(
              new String(token, StandardCharsets.ISO_8859_1),
              Integer.parseInt(line.substring(space + 1).trim()));
        }
      }
      return vocabulary;
    }

    byte[] toBytes() throws IOException {
      List<Node> nodes = breadthFirst();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(0x54_4D_42_32); // "TMB2"
      out.writeInt(nodes.size());
      out.writeInt(ids.values().stream().mapToInt(id -> id).max().orElseThrow() + 1);
      // One plane after the other: that is what compresses well.
      for (Node node : nodes) {
        out.writeByte(node.children.size());
      }
      for (Node node : nodes) {
        out.writeByte(node.label);
      }
      for (int shift = 0; shift < 24; shift += 8) {
        for (Node node : nodes) {
          out.writeByte((node.id + 1) >>> shift);
        }
      }
      int[] leftLengths = new int[nodes.size()];
      int[] rights = new int[nodes.size()];
      for (int i = 0; i < leftLengths.length; i++) {
        Node node = nodes.get(i);
        leftLengths[i] = node.id < 0 ? 0 : lengthOfLeftPart(node.text, node.id);
        rights[i] = leftLengths[i] == 0 ? 0 : ids.get(node.text.substring(leftLengths[i]));
        out.writeByte(leftLengths[i]);
      }
      for (int shift = 0; shift < 24; shift += 8) {
        for (int right : rights) {
          out.writeByte(right >>> shift);
        }
      }
      return bytes.toByteArray();
    }

    /** All nodes below the root, whose 256 children come first, ordered by their byte. */
    private List<Node> breadthFirst() {
      List<String> sorted = new ArrayList<>(ids.keySet());
      sorted.sort(null);
      Node root = new Node("", -1, 0);
      for (String token : sorted) {
        Node node = root;
        for (int length = 1; length <= token.length(); length++) {
          node = node.childFor(token.substring(0, length), ids);
        }
      }
      if (root.children.size() != 256 || root.children.stream().anyMatch(child -> child.id < 0)) {
        throw new IllegalStateException("not every byte is a token");
      }
      List<Node> nodes = new ArrayList<>(root.children);
      for (int i = 0; i < nodes.size(); i++) {
        List<Node> children = nodes.get(i).children;
        if (children.size() > 255) {
          throw new IllegalStateException("a node below the root has 256 children");
        }
        nodes.addAll(children);
      }
      return nodes;
    }

    /**
     * How many bytes the left one of the two tokens has that merge into this token; 0 for a single
     * byte. Proves on the way that the token encodes to itself.
     */
    private int lengthOfLeftPart(String token, int id) {
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
      return parts.size() == 1 ? 0 : parts.get(0).length();
    }

    private static final class Node {
      final String text;
      final int id;
      final int label;
      final List<Node> children = new ArrayList<>();

      Node(String text, int id, int label) {
        this.text = text;
        this.id = id;
        this.label = label;
      }

      /** Tokens arrive sorted, so the child can only be the last one or new. */
      Node childFor(String childText, Map<String, Integer> ids) {
        int childLabel = childText.charAt(childText.length() - 1);
        if (!children.isEmpty() && children.get(children.size() - 1).label == childLabel) {
          return children.get(children.size() - 1);
        }
        Node child = new Node(childText, ids.getOrDefault(childText, -1), childLabel);
        children.add(child);
        return child;
      }
    }
  }
}
