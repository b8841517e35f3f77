package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/**
 * Any text is counted, and every way to count it agrees. Runs the inputs in the resources; with
 * {@code JAZZER_FUZZ=1} it looks for more, one test a run.
 */
class CountFuzzTest {
  private static final String[] NAMES = {"o200k_base", "cl100k_base", "p50k_base"};

  @FuzzTest(maxDuration = "5m")
  void count_anyText_agreesWithEncode(FuzzedDataProvider data) {
    Encoding encoding = Encodings.forName(data.pickValue(NAMES));
    int limit = data.consumeInt(0, 50);
    String text = data.consumeRemainingAsString();
    int[] ids = encoding.encode(text);
    assertThat(encoding.count(text)).isEqualTo(ids.length);
    assertThat(encoding.count(new StringBuilder(text))).isEqualTo(ids.length);
    assertThat(encoding.countUpTo(text, ids.length)).isEqualTo(ids.length);
    if (encoding.countUpTo(text, limit) > limit) {
      assertThat(ids.length).isGreaterThan(limit);
    }
    assertThat(encoding.encode(encoding.decode(ids))).isEqualTo(ids);
    String cut = encoding.truncate(text, limit);
    assertThat(text).startsWith(cut);
    assertThat(encoding.count(cut)).isLessThanOrEqualTo(limit);
  }

  @FuzzTest(maxDuration = "5m")
  void count_anyBytes_countsWhatStringMakesOfThem(FuzzedDataProvider data) {
    Encoding encoding = Encodings.forName(data.pickValue(NAMES));
    byte[] bytes = data.consumeRemainingAsBytes();
    int tokens = encoding.encode(new String(bytes, StandardCharsets.UTF_8)).length;
    assertThat(encoding.count(bytes, 0, bytes.length)).isEqualTo(tokens);
  }

  @FuzzTest(maxDuration = "5m")
  void streamCounter_anyPieces_agreesWithEncodeBehindEach(FuzzedDataProvider data) {
    Encoding encoding = Encodings.forName(data.pickValue(NAMES));
    StreamCounter counter = encoding.streamCounter();
    StringBuilder text = new StringBuilder();
    while (data.remainingBytes() > 0) {
      String piece =
          data.consumeBoolean()
              ? data.consumeString(20)
              : data.consumeString(3).repeat(data.consumeInt(0, 1500));
      text.append(piece);
      counter.append(piece);
      assertThat(counter.tokens()).isEqualTo(encoding.encode(text).length);
    }
  }
}
