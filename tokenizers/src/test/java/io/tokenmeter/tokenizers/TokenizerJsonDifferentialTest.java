package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against Hugging Face's library, on files of the shapes that real models have, with vocabularies
 * at hand or trained here. Left out: code points that the Unicode version of this JDK, or of the
 * library, does not know.
 */
class TokenizerJsonDifferentialTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000) / 10;
  private static final long SEED = Long.getLong("tokenizers.seed", 20261125);

  @TempDir static Path directory;

  static Stream<String> shapes() {
    return TokenizerShapes.names().stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void encode_randomText_sameIdsAsHuggingFace(String shape) throws IOException {
    Path file = TokenizerShapes.write(shape, directory);
    Encoding encoding = Encodings.fromTokenizerJson(file, SpecialTokens.AS_TOKENS);
    Random random = new Random(SEED);
    try (HuggingFaceOracle oracle = new HuggingFaceOracle(file)) {
      for (int i = 0; i < CASES; i++) {
        String text = TokenizerShapes.text(random);
        int[] ids = encoding.encode(text);
        assertThat(ids)
            .as("case %d of seed %d: %s", i, SEED, escaped(text))
            .isEqualTo(oracle.encode(text));
        assertThat(encoding.decode(ids))
            .as("decoded %s", escaped(text))
            .isEqualTo(oracle.decode(ids));
      }
    }
  }

  /** Merges in any order, several that make one token, and some that no text ever comes to. */
  @ParameterizedTest
  @MethodSource("seeds")
  void encode_mergesAtRandom_sameIdsAsHuggingFace(int seed) throws IOException {
    Random random = new Random(SEED + seed);
    List<String> tokens = new ArrayList<>(List.of("a", "b", "c"));
    List<String[]> merges = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(30); i++) {
      String left = tokens.get(random.nextInt(tokens.size()));
      String right = tokens.get(random.nextInt(tokens.size()));
      if (left.length() + right.length() < 12) {
        if (!tokens.contains(left + right)) {
          tokens.add(left + right);
        }
        merges.add(random.nextInt(merges.size() + 1), new String[] {left, right});
      }
    }
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    Path file =
        new TokenizerFile().vocabulary(vocabulary, merges).write(directory, "random-" + seed);
    Encoding encoding = Encodings.fromTokenizerJson(file);
    try (HuggingFaceOracle oracle = new HuggingFaceOracle(file)) {
      for (int i = 0; i < 100; i++) {
        String text =
            random
                .ints(1 + random.nextInt(30), 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(encoding.encode(text))
            .as("%s with %s", text, merges.stream().map(Arrays::toString).toList())
            .isEqualTo(oracle.encode(text));
      }
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, Math.max(20, CASES / 20));
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                escaped.append(
                    c < ' ' || c > '~' ? String.format("\\u%04X", c) : String.valueOf((char) c)));
    return escaped.toString();
  }
}
