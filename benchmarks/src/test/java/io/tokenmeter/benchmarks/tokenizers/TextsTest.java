package io.tokenmeter.benchmarks.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.benchmarks.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextsTest {
  @Test
  void of_text_noRequestIsBothMeasuredAndWarmedUpWith() {
    Texts texts = Texts.of(new Sentences(Language.RUSSIAN, 1).text(100_000));
    assertThat(texts.cold()).hasSize(20).doesNotContainAnyElementsOf(texts.warmUp());
    assertThat(texts.warmUp()).hasSize(5);
    assertThat(new HashSet<>(texts.cold())).hasSameSizeAs(texts.cold());
  }

  @Test
  void of_tooShort_saysHowMuchIsNeeded() {
    assertThatThrownBy(() -> Texts.of("short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 chars")
        .hasMessageContaining("16000");
  }

  @Test
  void read_directoryWithoutAKind_saysWhichFileIsMissing(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("prose.txt"), "word ".repeat(10_000));
    assertThatThrownBy(() -> Corpus.read(directory))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("code.txt");
  }

  @Test
  void count_generatedText_peersAgree() {
    try (Counter ours = Peer.TOKENMETER.open("cl100k_base");
        Counter theirs = Peer.JTOKKIT.open("cl100k_base")) {
      for (Language language : Language.values()) {
        String text = new Sentences(language, 7).text(5_000);
        assertThat(ours.count(text)).isEqualTo(theirs.count(text));
      }
      String json = new JsonDocuments(7).text(5_000);
      assertThat(ours.count(json)).isEqualTo(theirs.count(json));
    }
  }
}
