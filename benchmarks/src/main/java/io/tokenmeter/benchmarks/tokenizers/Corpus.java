package io.tokenmeter.benchmarks.tokenizers;

import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The texts of all kinds.
 *
 * @param description where they come from, for people
 */
record Corpus(Map<Kind, Texts> texts, String description) {
  private static final int GENERATED_CHARS = (Texts.MOST_COLD + 100) * Texts.CHARS;

  /** A user's own: one UTF-8 file a kind, such as {@code prose.txt}. */
  static Corpus read(Path directory) throws IOException, UsageException {
    Map<Kind, Texts> texts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      Path file = fileOf(directory, kind);
      try {
        texts.put(kind, Texts.of(Files.readString(file)));
      } catch (IllegalArgumentException tooShort) {
        throw new UsageException(file + " is too short: " + tooShort.getMessage());
      } catch (java.nio.charset.CharacterCodingException notUtf8) {
        throw new UsageException(file + " is no UTF-8 text");
      }
    }
    return new Corpus(texts, "the files in " + directory);
  }

  private static Path fileOf(Path directory, Kind kind) throws IOException, UsageException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> nameWithoutSuffix(file).equalsIgnoreCase(kind.fileName()))
          .sorted()
          .findFirst()
          .orElseThrow(
              () ->
                  new UsageException(
                      directory
                          + " has no "
                          + kind.fileName()
                          + ".txt; expected one file each for "
                          + Stream.of(Kind.values()).map(Kind::fileName).toList()));
    }
  }

  private static String nameWithoutSuffix(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /**
   * Generated sentences and JSON documents, the same in every run, and the Java sources below a
   * directory.
   */
  static Corpus generated(Path sources) throws IOException, UsageException {
    Map<Kind, Texts> texts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      String text =
          switch (kind) {
            case CODE -> javaBelow(sources);
            case JSON -> new JsonDocuments(kind.ordinal()).text(GENERATED_CHARS);
            case PROSE -> new Sentences(Language.ENGLISH, kind.ordinal()).text(GENERATED_CHARS);
            case CHINESE -> new Sentences(Language.CHINESE, kind.ordinal()).text(GENERATED_CHARS);
            case JAPANESE -> new Sentences(Language.JAPANESE, kind.ordinal()).text(GENERATED_CHARS);
            case RUSSIAN -> new Sentences(Language.RUSSIAN, kind.ordinal()).text(GENERATED_CHARS);
          };
      try {
        texts.put(kind, Texts.of(text));
      } catch (IllegalArgumentException tooShort) {
        throw new UsageException(
            "--sources " + sources + " has too little Java: " + tooShort.getMessage());
      }
    }
    return new Corpus(texts, "generated text, and the Java sources in " + sources);
  }

  private static String javaBelow(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .forEach(files::add);
    }
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }
}
