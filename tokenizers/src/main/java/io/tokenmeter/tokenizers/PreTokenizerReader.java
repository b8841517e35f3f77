package io.tokenmeter.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code pre_tokenizer} of a {@code tokenizer.json}: the patterns of the models that are
 * supported are known, and written out by hand.
 */
final class PreTokenizerReader {
  private static final String SUPPORTED =
      "expected ByteLevel, Split, Digits, Metaspace, or a Sequence of these";

  private final List<UnaryOperator<Stage>> stages = new ArrayList<>();

  /** The components that cut, as {@link KnownPreTokenizers} knows them. */
  private final List<String> cuts = new ArrayList<>();

  private final boolean spacesReplaced;
  private boolean byteLevel;
  private @Nullable MetaspaceRule metaspace;
  private @Nullable JsonValue root;

  /**
   * @param spacesReplaced whether the normaliser leaves no space
   */
  PreTokenizerReader(boolean spacesReplaced) {
    this.spacesReplaced = spacesReplaced;
  }

  void read(JsonValue preTokenizer) {
    root = preTokenizer;
    add(preTokenizer);
  }

  private void add(JsonValue component) {
    if (component.type().equals("Sequence")) {
      component.allow("type", "pretokenizers");
      component.required("pretokenizers").items().forEach(this::add);
      return;
    }
    if (byteLevel || metaspace != null) {
      throw component.error("nothing is supported behind ByteLevel or Metaspace");
    }
    switch (component.type()) {
      case "ByteLevel" -> addByteLevel(component);
      case "Split" -> addSplit(component);
      case "Digits" -> {
        component.allow("type", "individual_digits");
        cuts.add(KnownPreTokenizers.digits(component.flag("individual_digits", false)));
      }
      case "Metaspace" -> addMetaspace(component);
      default ->
          throw component
              .required("type")
              .error(
                  "the pre-tokenizer "
                      + component.required("type").shown()
                      + " is not supported; "
                      + SUPPORTED);
    }
  }

  private void addByteLevel(JsonValue component) {
    component.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
    if (component.flag("add_prefix_space", true)) {
      if (!cuts.isEmpty()) {
        throw component.error("add_prefix_space is not supported behind another pre-tokenizer");
      }
      byte[] space = {' '};
      stages.add(next -> new PrefixStage(new PrefixStage.Rule(space, true, false), next));
    }
    if (component.flag("use_regex", true)) {
      cuts.add(KnownPreTokenizers.GPT2);
    }
    byteLevel = true;
  }

  private void addSplit(JsonValue component) {
    component.allow("type", "pattern", "behavior", "invert");
    JsonValue pattern = component.required("pattern");
    String behavior = component.text("behavior");
    boolean invert = component.flag("invert", false);
    JsonValue literal = pattern.member("String");
    if (literal != null && literal.text().equals(" ") && spacesReplaced && !invert) {
      return; // Gemma's: there is no space left to cut at
    }
    JsonValue regex = pattern.member("Regex");
    if (regex == null) {
      throw pattern.error("expected one of the known patterns as a Regex");
    }
    boolean isolated = behavior.equals("Isolated");
    if (!isolated && !(behavior.equals("Removed") && invert)) {
      throw component
          .required("behavior")
          .error(
              component.required("behavior").shown()
                  + (invert ? ", inverted," : "")
                  + " is not supported; expected Isolated, or Removed and inverted");
    }
    if (!isolated && !KnownPreTokenizers.leavesNothingOut(regex.text())) {
      throw regex.error("this pattern is not known to match all of a text: " + regex.shown());
    }
    cuts.add(regex.text());
  }

  private void addMetaspace(JsonValue component) {
    MetaspaceRule rule = MetaspaceRule.of(component);
    byte[] replacement = rule.replacement().getBytes(StandardCharsets.UTF_8);
    stages.add(next -> new ReplaceStage(' ', replacement, next));
    if (rule.prefix() != MetaspaceRule.Prefix.NEVER) {
      boolean firstOnly = rule.prefix() == MetaspaceRule.Prefix.FIRST;
      stages.add(next -> new PrefixStage(new PrefixStage.Rule(replacement, true, firstOnly), next));
    }
    metaspace = rule;
  }

  List<UnaryOperator<Stage>> stages() {
    return stages;
  }

  /** Whether the model's tokens are written in {@link ByteAlphabet}. */
  boolean isByteLevel() {
    return byteLevel;
  }

  /** The character before which a text is cut, or {@link CharacterBorders#NONE}. */
  int wordStart() {
    return metaspace != null && metaspace.split()
        ? metaspace.replacement().codePointAt(0)
        : CharacterBorders.NONE;
  }

  /** The known pre-tokenizer, or null if the text is cut nowhere but at {@link #wordStart}. */
  @Nullable PreTokenizer known() {
    if (cuts.isEmpty()) {
      return null;
    }
    PreTokenizer known = byteLevel ? KnownPreTokenizers.find(cuts) : null;
    if (known == null && root != null) {
      throw root.error(
          "this combination of pre-tokenizers is not supported"
              + (byteLevel ? "" : " without ByteLevel")
              + ": "
              + shortened(String.join(", ", cuts)));
    }
    return known;
  }

  private static String shortened(String text) {
    return text.length() <= 1000 ? text : text.substring(0, 1000) + "...";
  }
}
