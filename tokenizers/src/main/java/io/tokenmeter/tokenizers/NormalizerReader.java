package io.tokenmeter.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads the {@code normalizer} of a {@code tokenizer.json} into stages. */
final class NormalizerReader {
  private static final String SUPPORTED = "expected NFC, Prepend, Replace, or a Sequence of these";

  private final List<UnaryOperator<Stage>> stages = new ArrayList<>();

  /** Whether no space is left in a normalised text. */
  private boolean replacesSpaces;

  /** Adds what this normaliser does. */
  void read(JsonValue normalizer) {
    switch (normalizer.type()) {
      case "Sequence" -> {
        normalizer.allow("type", "normalizers");
        normalizer.required("normalizers").items().forEach(this::read);
      }
      case "NFC" -> {
        normalizer.allow("type");
        stages.add(NfcStage::new);
      }
      case "Prepend" -> {
        normalizer.allow("type", "prepend");
        readPrepend(normalizer.text("prepend"));
      }
      case "Replace" -> {
        normalizer.allow("type", "pattern", "content");
        readReplace(normalizer.required("pattern"), normalizer.text("content"));
      }
      default ->
          throw normalizer
              .required("type")
              .error(
                  "the normalizer "
                      + normalizer.required("type").shown()
                      + " is not supported; "
                      + SUPPORTED);
    }
  }

  private void readPrepend(String prefix) {
    if (!prefix.isEmpty()) {
      byte[] utf8 = prefix.getBytes(StandardCharsets.UTF_8);
      replacesSpaces &= prefix.indexOf(' ') < 0;
      stages.add(next -> new PrefixStage(new PrefixStage.Rule(utf8, false, false), next));
    }
  }

  private void readReplace(JsonValue pattern, String content) {
    JsonValue literal = pattern.member("String");
    String replaced = literal == null ? "" : literal.text();
    if (replaced.length() != 1 || replaced.charAt(0) >= 0x80) {
      throw pattern.error(
          "this pattern is not supported; expected a String of one ASCII character, as for a space");
    }
    byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
    char c = replaced.charAt(0);
    boolean makesSpaces = content.indexOf(' ') >= 0;
    replacesSpaces = !makesSpaces && (replacesSpaces || c == ' ');
    stages.add(next -> new ReplaceStage(c, utf8, next));
  }

  List<UnaryOperator<Stage>> stages() {
    return stages;
  }

  boolean replacesSpaces() {
    return replacesSpaces;
  }
}
