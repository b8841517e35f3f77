package io.tokenmeter.tokenizers;

/**
 * Puts something before a section: the normaliser {@code Prepend}, {@code add_prefix_space} of
 * {@code ByteLevel}, {@code prepend_scheme} of {@code Metaspace}.
 */
final class PrefixStage extends Stage {
  /**
   * What it puts before which sections.
   *
   * @param prefix in UTF-8
   * @param unlessThere not before a section that begins so
   * @param firstOnly only where the text begins
   */
  record Rule(byte[] prefix, boolean unlessThere, boolean firstOnly) {}

  private final Rule rule;
  private boolean textBegun;
  private boolean sectionBegun;

  PrefixStage(Rule rule, Stage next) {
    super(next);
    this.rule = rule;
  }

  @Override
  void append(byte[] utf8, int from, int to) {
    if (!sectionBegun) {
      sectionBegun = true;
      boolean left = (rule.firstOnly && textBegun) || (rule.unlessThere && isThere(utf8, from, to));
      if (!left) {
        next().append(rule.prefix, 0, rule.prefix.length);
      }
      textBegun = true;
    }
    next().append(utf8, from, to);
  }

  /** The prefix is one code point wherever this is asked, so it is there whole or not at all. */
  private boolean isThere(byte[] utf8, int from, int to) {
    int length = rule.prefix.length;
    if (to - from < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (utf8[from + i] != rule.prefix[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  void endSection() {
    sectionBegun = false;
    next().endSection();
  }

  @Override
  void addToken(int id) {
    textBegun = true;
    super.addToken(id);
  }

  @Override
  void reset() {
    textBegun = false;
    sectionBegun = false;
    next().reset();
  }

  @Override
  void copyFrom(Stage other) {
    PrefixStage source = (PrefixStage) other;
    textBegun = source.textBegun;
    sectionBegun = source.sectionBegun;
    next().copyFrom(source.next());
  }
}
