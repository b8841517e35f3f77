package io.tokenmeter.engine.config;

import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @param path makes a path of the text of a section's key
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
    Map<String, String> models = counting.section("models").rest(CountingReader::encoding);
    Map<String, Path> tokenizers =
        counting.section("tokenizers").rest((section, key) -> tokenizer(section, key, path));
    List<String> rules = counting.words("rules", CountingReader::rule);
    counting.refuseUnknownKeys();
    return new CountingSettings(learn, remembered, models, tokenizers, rules);
  }

  interface PathReader {
    Path read(Section section, String key, String text);
  }

  /** A file that is not there is no error: the model is counted as if none were named. */
  private static Optional<Path> tokenizer(Section tokenizers, String model, PathReader path) {
    if (!isPrefix(tokenizers, model)) {
      return Optional.empty();
    }
    Optional<Path> file =
        tokenizers.optional(model, text -> path.read(tokenizers, model, required(text)));
    file.filter(named -> !Files.isReadable(named) || !Files.isRegularFile(named))
        .ifPresent(
            named ->
                tokenizers.warning(
                    model,
                    named
                        + (Files.exists(named)
                            ? " is no file that this user can read"
                            : " does not exist")
                        + "; expected a tokenizer.json. The built-in encoding is used"));
    return file;
  }

  private static String required(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("expected the path of a tokenizer.json");
    }
    return text;
  }

  private static boolean isPrefix(Section section, String model) {
    if (model.isBlank() || model.chars().anyMatch(Character::isWhitespace)) {
      section.error(model, "expected the start of a model's name, without spaces");
      return false;
    }
    return true;
  }

  private static Optional<String> encoding(Section models, String model) {
    if (!isPrefix(models, model)) {
      return Optional.empty();
    }
    return models.optional(
        model,
        text -> {
          String name = text.toLowerCase(Locale.ROOT);
          ModelEncodings.requireEncoding(name);
          return name;
        });
  }

  private static String rule(String line) {
    CountingRules.builtIn().with("a rule", List.of(line));
    return line;
  }
}
