package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Any file is read or refused, and what is read counts any text. Runs the inputs in the resources;
 * with {@code JAZZER_FUZZ=1} it looks for more.
 */
class TokenizerJsonFuzzTest {
  private static final String VALID = resource();

  @FuzzTest(maxDuration = "2m")
  void read_anything_isRefusedOrCounts(FuzzedDataProvider data) {
    String text = data.consumeString(50);
    String json;
    if (data.consumeBoolean()) {
      json = data.consumeRemainingAsString();
    } else {
      int from = data.consumeInt(0, VALID.length());
      int to = data.consumeInt(from, Math.min(VALID.length(), from + 100));
      json = VALID.substring(0, from) + data.consumeRemainingAsString() + VALID.substring(to);
    }
    Encoding encoding;
    try {
      encoding = TokenizerJson.read("fuzz", json, SpecialTokens.AS_TOKENS);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("fuzz");
      return;
    }
    int[] ids = encoding.encode(text);
    assertThat(encoding.count(text)).isEqualTo(ids.length);
    StreamCounter counter = encoding.streamCounter();
    text.codePoints().forEach(c -> counter.append(Character.toString(c)));
    assertThat(counter.tokens()).isEqualTo(ids.length);
    assertThat(encoding.count(encoding.truncate(text, 3))).isLessThanOrEqualTo(3);
    encoding.decode(ids);
  }

  private static String resource() {
    try (InputStream in =
        TokenizerJsonFuzzTest.class.getResourceAsStream("/small-tokenizer.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
