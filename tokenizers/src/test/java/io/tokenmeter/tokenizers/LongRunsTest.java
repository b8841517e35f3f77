package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A million chars without a border end, and end right; a quadratic encoder takes hours. */
@Timeout(20)
class LongRunsTest {
  private static final int MILLION = 1_000_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        " ",
        "\u7684",
        "\n",
        "ab",
        "A\u7684",
        "=",
        "-",
        "AB",
        "\uD83D\uDE00",
        "\u0301"
      })
  void count_millionChars_agreesInEveryWay(String unit) {
    for (String name : new String[] {"cl100k_base", "o200k_base"}) {
      Encoding encoding = Encodings.forName(name);
      String text = unit.repeat(MILLION / unit.length());
      int[] ids = encoding.encode(text);
      assertThat(encoding.decode(ids)).isEqualTo(text);
      assertThat(encoding.count(text)).isEqualTo(ids.length);
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      assertThat(encoding.count(utf8, 0, utf8.length)).isEqualTo(ids.length);
      StreamCounter counter = encoding.streamCounter();
      for (int at = 0; at < text.length(); at += 5) {
        counter.append(text.substring(at, Math.min(text.length(), at + 5)));
      }
      assertThat(counter.tokens()).isEqualTo(ids.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\u7684", "\n"})
  void truncate_millionChars_isWithinTheLimitAndNearIt(String unit) {
    Encoding encoding = Encodings.forName("o200k_base");
    String text = unit.repeat(MILLION);
    String cut = encoding.truncate(text, 5000);
    assertThat(encoding.count(cut)).isLessThanOrEqualTo(5000);
    assertThat(encoding.count(text.substring(0, cut.length() + 1))).isGreaterThan(5000);
  }
}
