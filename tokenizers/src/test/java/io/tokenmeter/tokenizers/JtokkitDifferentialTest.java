package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against jtokkit, on text that it is known to encode as the reference does. Left out: lone
 * surrogates, which it turns into other bytes; code points that this JDK, whose Unicode version it
 * uses, does not know; and those whose class changed since.
 */
class JtokkitDifferentialTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000);
  private static final EncodingRegistry ORACLE =
      com.knuddels.jtokkit.Encodings.newLazyEncodingRegistry();

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
  void encode_randomText_sameIdsAsJtokkit(String name) {
    Encoding encoding = Encodings.forName(name);
    com.knuddels.jtokkit.api.Encoding oracle =
        ORACLE.getEncoding(EncodingType.fromName(name).orElseThrow());
    long seed = Long.getLong("tokenizers.seed", 20261122);
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      String text = TestTexts.random(random);
      assertThat(encoding.encode(text))
          .as("case %d of seed %d: %s", i, seed, text)
          .isEqualTo(oracle.encodeOrdinary(text).toArray());
    }
  }
}
