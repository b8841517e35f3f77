package io.tokenmeter.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {
  private static final String TOKENIZER =
      """
      {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}
      """;

  @TempDir Path directory;

  @Test
  void engine_fileOfAConfiguredModel_countsItsText() throws IOException {
    Files.writeString(directory.resolve("acme.json"), TOKENIZER);
    String yaml =
        "counting:\n  tokenizers:\n    acme-: acme.json\n  models:\n    other: r50k_base\n";
    String request =
        """
        {"model": "acme-7b", "messages": [{"role": "b", "content": "%s"}], "max_tokens": 5}
        """
            .formatted("ab".repeat(500));
    try (EngineFixture fixture = new EngineFixture(directory, yaml)) {
      // The daemon thread reads it. 500, and what frames a message and the answer; no factor.
      await()
          .until(
              () -> {
                fixture.openChat(request).abandoned();
                return fixture.records.stream()
                    .anyMatch(
                        record ->
                            record.estimatedInputTokens() >= 500
                                && record.estimatedInputTokens() <= 512);
              });
    }
  }

  @Test
  void encodings_filesThatCannotBeUsed_areNamedAndTheOthersRead() throws IOException {
    Path good = Files.writeString(directory.resolve("good.json"), TOKENIZER);
    Path bad =
        Files.writeString(directory.resolve("bad.json"), TOKENIZER.replace("BPE", "Unigram"));
    Configuration configuration =
        EngineFixture.configuration(
            directory,
            "counting:\n  tokenizers: {llama: good.json, gpt-9: bad.json, qwen: none.json}\n");
    assertThat(configuration.warnings())
        .singleElement()
        .asString()
        .contains("counting.tokenizers.qwen", "none.json does not exist", "built-in encoding");
    List<String> unusable = new ArrayList<>();
    ModelEncodings encodings =
        new TokenizerFiles((file, reason) -> unusable.add(file + " " + reason))
            .encodings(configuration.counting());
    assertThat(unusable)
        .hasSize(2)
        .anyMatch(line -> line.startsWith(bad + " ") && line.contains("'Unigram' is not supported"))
        .anyMatch(line -> line.contains("none.json it does not exist"));
    assertThat(Encodings.forModel("meta-llama/Llama-9", encodings).name())
        .isEqualTo(good.toString());
    assertThat(encodings.encodingOf("llama-9")).isEqualTo(good.toString());
    assertThat(Encodings.forModel("gpt-9", encodings).name()).isEqualTo("o200k_base");
  }

  @Test
  void encodings_twice_readsEachFileOnce() throws IOException {
    Files.writeString(directory.resolve("good.json"), TOKENIZER);
    Configuration configuration =
        EngineFixture.configuration(
            directory, "counting:\n  tokenizers:\n    a: good.json\n    b: good.json\n");
    TokenizerFiles files = new TokenizerFiles((file, reason) -> {});
    ModelEncodings first = files.encodings(configuration.counting());
    ModelEncodings second = files.encodings(configuration.counting());
    assertThat(Encodings.forModel("a", first))
        .isSameAs(Encodings.forModel("b", first))
        .isSameAs(Encodings.forModel("a", second));
  }
}
