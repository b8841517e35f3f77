package io.tokenmeter.tokenizers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which encoding a model uses. The built-in rules come from a data file; rules of one's own go
 * before them, so a new model needs no new release. Immutable.
 *
 * <p>A rule is a line of an encoding's name and the starts of model names that use it:
 *
 * <pre>
 * # comment
 * o200k_base gpt-4o gpt-5
 * </pre>
 *
 * <p>Case does not matter, and the start may stand behind any word border of the model's name, so
 * {@code gpt-4o} also covers {@code openai/gpt-4o}, {@code ft:gpt-4o:acme::1} and {@code
 * prod-gpt-4o}. The leftmost such place decides; there, the longest rule.
 */
public final class ModelEncodings {
  private static final String DEFAULT = "o200k_base";
  private static final ModelEncodings BUILT_IN =
      new ModelEncodings(parse("model-encodings.txt", Resources.lines("model-encodings.txt")));

  private final Map<String, String> encodings;
  private final ModelRules<String> rules;

  private ModelEncodings(Map<String, String> encodings) {
    this.encodings = encodings;
    this.rules = new ModelRules<>(encodings);
  }

  /** The rules that the product comes with. */
  public static ModelEncodings builtIn() {
    return BUILT_IN;
  }

  /**
   * These rules with others before them.
   *
   * @throws IllegalArgumentException if a line names no encoding or no model, or an encoding that
   *     does not exist
   */
  public ModelEncodings with(List<String> lines) {
    Map<String, String> merged = new HashMap<>(encodings);
    merged.putAll(parse("model encoding rules", lines));
    return new ModelEncodings(merged);
  }

  /**
   * Makes sure that there is an encoding of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static void requireEncoding(String name) {
    if (!Encodings.names().contains(name)) {
      throw new IllegalArgumentException(
          "expected an encoding: " + String.join(", ", Encodings.names()));
    }
  }

  /** The name of the model's encoding; o200k_base for a model that no rule covers. */
  public String encodingOf(String model) {
    return rules.find(model).orElse(DEFAULT);
  }

  private static Map<String, String> parse(String source, List<String> lines) {
    Map<String, String> encodings = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", -1);
      if (words.length < 2 || !Encodings.names().contains(words[0])) {
        throw new IllegalArgumentException(
            source
                + ", line "
                + (i + 1)
                + ": expected an encoding ("
                + String.join(", ", Encodings.names())
                + ") and the starts of model names, but found '"
                + line
                + "'");
      }
      for (int word = 1; word < words.length; word++) {
        encodings.put(words[word].toLowerCase(Locale.ROOT), words[0]);
      }
    }
    return encodings;
  }
}
