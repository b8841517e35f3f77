package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StringClipperTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":\"1234\",\"b\":12345678} | {\"a\":\"1234\",\"b\":12345678}",
        "{\"a\":\"12345678\",\"b\":1} | {\"a\":\"1234\",\"b\":1}",
        "[\"123\\\\\\\"6\\\"\",1] | [\"123\\\\\",1]",
        "[\"1234\\\\\",1] | [\"1234\",1]",
        "[\"123\\u00e9z\"] | [\"123\\u00e9\"]",
        "[\"123\u00e9z\"] | [\"123\u00e9\"]",
        "[\"123\uD83D\uDE00\uD83D\uDE00z\"] | [\"123\uD83D\uDE00\uD83D\uDE00\"]",
        "[\"\",\"12345\"] | [\"\",\"1234\"]"
      })
  void feed_stringsLongerThanFour_tailsAreCut(String json, String expected) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      StringClipper clipper = new StringClipper(4);

      clipper.feed(bytes, 0, cut, out::write);
      clipper.feed(bytes, cut, bytes.length - cut, out::write);

      assertThat(out.toString(UTF_8)).as("cut at %d", cut).isEqualTo(expected);
    }
  }
}
