package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the binary tables that the tokenizers load: one vocabulary a file, and the character
 * classes. Run by the build; not part of the product, but in its package, whose classes fill most
 * of the tables.
 *
 * <p>Arguments: this module's {@code src/build}, the directory to write to, which has the classes
 * of the product, and that of this class. The vocabularies come from the jtokkit jar on the class
 * path. Files that are newer than all of that are kept.
 */
public final class GenerateTables {
  private static final List<String> VOCABULARIES =
      List.of("r50k_base", "p50k_base", "cl100k_base", "o200k_base");

  private GenerateTables() {}

  public static void main(String[] args) throws IOException {
    Path ranges = Path.of(args[0], "unicode", "classes-16.0.txt");
    Path directory = Path.of(args[1]);
    long changed =
        Math.max(
            lastModified(ranges), Math.max(newestClass(directory), newestClass(Path.of(args[2]))));
    writeIfOlder(changed, directory.resolve("char-classes.bin"), () -> CharClassTable.of(ranges));
    for (String name : VOCABULARIES) {
      Path file = directory.resolve(name + ".bpe");
      writeIfOlder(changed, file, () -> VocabularyTables.read(name).toBytes());
    }
  }

  private static long newestClass(Path directory) throws IOException {
    long newest = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        newest = Math.max(newest, lastModified(file));
      }
    }
    return newest;
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
}
