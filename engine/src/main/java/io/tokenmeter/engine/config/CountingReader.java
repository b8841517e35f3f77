package io.tokenmeter.engine.config;

import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code counting}. */
final class CountingReader {
  static final long DEFAULT_REMEMBERED_PARTS = 16_384;
  private static final long MOST_REMEMBERED_PARTS = 4_000_000;

  private CountingReader() {}

  static CountingSettings read(Section counting) {
    boolean learn = counting.value("learn", true, Values::flag);
    int remembered =
        counting
            .value(
                "remembered-parts",
                DEFAULT_REMEMBERED_PARTS,
                Values.wholeNumber(0, MOST_REMEMBERED_PARTS))
            .intValue();
    Map<String, String> models = counting.section("models").rest(CountingReader::encoding);
    List<String> rules = counting.words("rules", CountingReader::rule);
    counting.refuseUnknownKeys();
    return new CountingSettings(learn, remembered, models, rules);
  }

  private static Optional<String> encoding(Section models, String model) {
    if (model.isBlank() || model.chars().anyMatch(Character::isWhitespace)) {
      models.error(model, "expected the start of a model's name, without spaces");
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
