package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of the reference implementation; {@code src/test/golden/generate.mjs} writes them. */
class GoldenVectorsTest {
  private static final List<String[]> VECTORS = read();

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void encode_goldenVectors_sameIds(String name) {
    Encoding encoding = Encodings.forName(name);
    List<String[]> vectors = VECTORS.stream().filter(vector -> vector[0].equals(name)).toList();
    assertThat(vectors).hasSizeGreaterThan(1000);
    for (String[] vector : vectors) {
      int[] ids = encoding.encode(text(vector[1]));
      String expected = vector[2];
      assertThat(expected.startsWith("#") ? summary(ids) : words(ids))
          .as("%s of UTF-16 %s", name, vector[1])
          .isEqualTo(expected);
      assertThat(encoding.count(text(vector[1]))).isEqualTo(ids.length);
    }
  }

  /** Harmony differs in special tokens only. */
  @Test
  void encode_goldenVectorsOfO200k_sameIdsWithHarmony() {
    Encoding harmony = Encodings.forName("o200k_harmony");
    Encoding base = Encodings.forName("o200k_base");
    for (String[] vector : VECTORS) {
      assertThat(harmony.encode(text(vector[1]))).isEqualTo(base.encode(text(vector[1])));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void decode_idsOfText_givesTextWithLoneSurrogatesReplaced(String name) {
    Encoding encoding = Encodings.forName(name);
    for (String[] vector : VECTORS) {
      String text = text(vector[1]);
      String wellFormed =
          new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
      assertThat(encoding.decode(encoding.encode(text))).isEqualTo(wellFormed);
    }
  }

  private static String text(String hex) {
    int times = hex.indexOf('*');
    if (times >= 0) {
      return text(hex.substring(0, times)).repeat(Integer.parseInt(hex.substring(times + 1)));
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < hex.length(); i += 4) {
      text.append((char) HexFormat.fromHexDigits(hex, i, i + 4));
    }
    return text.toString();
  }

  private static String words(int[] ids) {
    return Arrays.stream(ids)
        .mapToObj(Integer::toString)
        .reduce((left, right) -> left + " " + right)
        .orElse("");
  }

  /** Number of ids and their FNV-1a hash. */
  private static String summary(int[] ids) {
    int hash = 0x811c9dc5;
    for (int id : ids) {
      hash = (hash ^ id) * 0x01000193;
    }
    return "#" + ids.length + ":" + Integer.toHexString(hash);
  }

  private static List<String[]> read() {
    try (InputStream in = GoldenVectorsTest.class.getResourceAsStream("/golden.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.split("\t", -1))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
