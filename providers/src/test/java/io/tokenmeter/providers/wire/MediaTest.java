package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.tokenizers.Prompt;
import io.tokenmeter.tokenizers.Prompt.Image.Detail;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data:application/pdf;base64,AAAA | application/pdf | 3",
        "data:application\\/pdf;base64,AAAA | application/pdf | 3",
        "data:text/plain;charset=utf-8;base64,AAA= | text/plain | 2",
        "data:,AAAA | image/* | image",
        "data:image/png;base64 | image/* | image",
        "data: | image/* | image",
        "https://example.com/a.png | image/* | image",
        "data:audio/wav;base64,AA== | audio | 1"
      })
  void ofUrl_whateverStandsThere_isSomePart(String url, String type, String bytes) {
    byte[] body = ('"' + url + '"').getBytes(UTF_8);

    Prompt.Part part = Media.ofUrl("image/*", new RawText(body, 1, body.length - 1), Detail.LOW);

    Prompt.Part expected =
        bytes.equals("image")
            ? new Prompt.Image(0, 0, Detail.LOW)
            : type.equals("audio")
                ? new Prompt.Audio(Long.parseLong(bytes))
                : new Prompt.File(type, Long.parseLong(bytes));
    assertThat(part).isEqualTo(expected);
  }
}
