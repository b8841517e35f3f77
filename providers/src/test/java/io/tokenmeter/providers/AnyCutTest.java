package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However the network cuts a response, the same is read. */
class AnyCutTest {
  static List<Exchanges.Response> samples() {
    return Exchanges.responses();
  }

  static Stream<Exchanges.Response> samplesInOtherForms() {
    return Exchanges.responses().stream().flatMap(AnyCutTest::lineEnds);
  }

  /** A stream also with the other line ends and with a byte order mark. */
  private static Stream<Exchanges.Response> lineEnds(Exchanges.Response response) {
    String body = response.body();
    return response.isStream()
        ? Stream.of(
            response,
            response.withBody(body.replace("\n", "\r")),
            response.withBody(body.replace("\n", "\r\n")),
            response.withBody("\uFEFF" + body),
            response.withBody(body.replace("data: ", "data:")))
        : Stream.of(response);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void feed_cutAtEachByte_sameFactsAndText(Exchanges.Response response) {
    byte[] body = response.body().getBytes(UTF_8);
    Reading whole = Reading.of(response.dialect(), response.status(), body);

    for (int cut = 0; cut <= body.length; cut++) {
      Reading reading = Reading.of(response.dialect(), response.status(), body, cut);
      if (!reading.equals(whole)) {
        assertThat(reading).as("cut at %d", cut).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplesInOtherForms")
  void feed_byteByByte_sameFactsAndText(Exchanges.Response response) {
    byte[] body = response.body().getBytes(UTF_8);
    Reading whole = Reading.of(response.dialect(), response.status(), body);

    int[] everywhere = IntStream.range(0, body.length).toArray();

    assertThat(Reading.of(response.dialect(), response.status(), body, everywhere))
        .isEqualTo(whole);
    assertThat(whole.facts()).isNotEqualTo(Reading.of(response.dialect(), 200, "").facts());
  }

  @ParameterizedTest
  @MethodSource("samplesInOtherForms")
  void feed_otherLineEnds_sameFactsAndText(Exchanges.Response response) {
    Reading plain =
        Reading.of(
            response.dialect(),
            response.status(),
            response.body().replace("\uFEFF", "").replace("\r\n", "\n").replace('\r', '\n'));

    assertThat(Reading.of(response.dialect(), response.status(), response.body())).isEqualTo(plain);
  }
}
