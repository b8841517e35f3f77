package io.tokenmeter.engine.config;

import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code counting}. */
final class CountingReader {
  static final long DEFAULT_REMEMBERED_PARTS = 16_384;
  private static final long MOST_REMEMBERED_PARTS = 4_000_000;

  private CountingReader() {}

  /**
   * @param path makes a path of a value, with the section and the key where it stands
   */
  static CountingSettings read(Section counting, PathReader path) {
    boolean learn = counting.value("learn", true, Values::flag);
    int remembered =
        counting
            .value(
                "remembered-parts",
                DEFAULT_REMEMBERED_PARTS,
                Values.wholeNumber(0, MOST_REMEMBERED_PARTS))
            .intValue();
    Map<String, Path> tokenizers = new LinkedHashMap<>();
    Map<String, String> models =
        counting
            .section("models")
            .rest((section, model) -> encoding(section, model, path, tokenizers));
    List<String> rules = counting.words("rules", CountingReader::rule);
    counting.refuseUnknownKeys();
    return new CountingSettings(learn, remembered, models, tokenizers, rules);
  }

  /** Makes a path of a value. */
  @FunctionalInterface
  interface PathReader {
    Path read(Section section, String key, String text);
  }

  /** A name; a file is put where the files are. */
  private static Optional<String> encoding(
      Section models, String model, PathReader path, Map<String, Path> tokenizers) {
    if (model.isBlank() || model.chars().anyMatch(Character::isWhitespace)) {
      models.error(model, "expected the start of a model's name, without spaces");
      return Optional.empty();
    }
    return models
        .optional(
            model,
            text -> {
              if (text.endsWith(".json")) {
                Path file = path.read(models, model, text);
                if (!Files.isReadable(file) || Files.isDirectory(file)) {
                  throw new IllegalArgumentException("expected a tokenizer.json that can be read");
                }
                tokenizers.put(model, file);
                return "";
              }
              String name = text.toLowerCase(Locale.ROOT);
              ModelEncodings.requireEncoding(name);
              return name;
            })
        .filter(name -> !name.isEmpty());
  }

  private static String rule(String line) {
    CountingRules.requireRule(line);
    return line;
  }
}
