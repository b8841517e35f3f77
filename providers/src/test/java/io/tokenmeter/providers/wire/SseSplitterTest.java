package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseSplitterTest {
  /** In the transcript {@code /} ends a line of data, {@code ;} an event. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "data: a\\n\\n|a/;",
        "data:a\\r\\r|a/;",
        "data:a\\r\\n\\r\\n|a/;",
        "data:  a\\n\\n| a/;",
        "data: a\\ndata: b\\n\\n|a/b/;",
        "data: a\\rdata: b\\n\\r\\n|a/b/;",
        "data\\n\\n|;",
        "data:\\n\\n|/;",
        "event: x\\nid: 1\\nretry: 5\\ndata: a\\n\\n|a/;",
        ": comment\\n\\ndata: a\\n\\n|;a/;",
        "datum: a\\ndat: b\\ndatax: c\\n data: d\\n\\n|;",
        "data: a: b\\n\\n|a: b/;",
        "data: a|a",
        "\\n\\n\\n|;;;"
      })
  void feed_cutAnywhere_dataOfEachEvent(String escaped, String expected) {
    byte[] stream = escaped.translateEscapes().getBytes(UTF_8);
    for (int cut = 0; cut <= stream.length; cut++) {
      Transcript transcript = new Transcript();
      SseSplitter splitter = new SseSplitter(transcript);

      splitter.feed(stream, 0, cut);
      splitter.feed(stream, cut, stream.length - cut);

      assertThat(transcript.text.toString()).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  private static final class Transcript implements SseSplitter.Sink {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void data(byte[] bytes, int offset, int length) {
      text.append(new String(bytes, offset, length, UTF_8));
    }

    @Override
    public void endOfDataLine() {
      text.append('/');
    }

    @Override
    public void endOfEvent() {
      text.append(';');
    }
  }
}
