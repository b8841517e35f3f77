package io.tokenmeter.tokenizers;

import java.util.Locale;

/**
 * The options of {@code Metaspace}, as pre-tokenizer and as decoder.
 *
 * @param replacement the character that stands for a space
 * @param prefix before which sections it is put
 * @param split whether words are cut apart before it
 */
record MetaspaceRule(String replacement, Prefix prefix, boolean split) {
  enum Prefix {
    FIRST,
    ALWAYS,
    NEVER
  }

  static MetaspaceRule of(JsonValue metaspace) {
    metaspace.allow(
        "type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
    String replacement = metaspace.text("replacement");
    if (replacement.codePointCount(0, replacement.length()) != 1) {
      throw metaspace.required("replacement").error("expected one character");
    }
    JsonValue scheme = metaspace.member("prepend_scheme");
    boolean added = metaspace.flag("add_prefix_space", true);
    Prefix prefix = scheme == null ? (added ? Prefix.ALWAYS : Prefix.NEVER) : prefix(scheme);
    if (!added && prefix != Prefix.NEVER) {
      throw metaspace.error("add_prefix_space is false, so prepend_scheme must be never");
    }
    return new MetaspaceRule(replacement, prefix, metaspace.flag("split", true));
  }

  private static Prefix prefix(JsonValue scheme) {
    return switch (scheme.text()) {
      case "first" -> Prefix.FIRST;
      case "always" -> Prefix.ALWAYS;
      case "never" -> Prefix.NEVER;
      default ->
          throw scheme.error(
              scheme.shown().toLowerCase(Locale.ROOT)
                  + " is not supported; expected first, always or never");
    };
  }
}
