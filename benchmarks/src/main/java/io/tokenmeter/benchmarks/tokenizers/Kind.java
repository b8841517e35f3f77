package io.tokenmeter.benchmarks.tokenizers;

import java.util.Locale;

/** What texts are made of. */
enum Kind {
  PROSE("English prose"),
  CODE("source code"),
  JSON("JSON"),
  CHINESE("Chinese"),
  JAPANESE("Japanese"),
  RUSSIAN("Russian");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** The name, without a suffix, of the file with such text in a user's corpus. */
  String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
