package io.tokenmeter.tokenizers;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Two-stage table of character classes: for each 64 code points a {@code char} with the number of
 * their block, times 64; then the blocks of 64 classes.
 */
final class CharClassTable {
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
    for (int number : index) {
      out.writeChar(number * BLOCK);
    }
    for (String block : numbers.keySet()) {
      out.write(block.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.toByteArray();
  }
}
