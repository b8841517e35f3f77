package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken bytes are "unknown", never an exception. Seeds are fixed, so that a failure repeats. */
class GarbageTest {
  private static final int MUTATIONS = 300;

  static List<Exchanges.Request> requests() {
    return Exchanges.requests();
  }

  static List<Exchanges.Response> responses() {
    return Exchanges.responses();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void readRequestAndRewrite_mutatedBodies_requestOrNull(Exchanges.Request request) {
    Random random = new Random(request.body().hashCode());
    byte[] body = request.body().getBytes(UTF_8);
    int understood = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = Mutations.mutated(body, random);

      LlmRequest read = request.dialect().readRequest(request.path(), mutated);
      request.dialect().rewrite(mutated, i % 2 == 0 ? "other" : null, i % 3 == 0 ? -1 : i);

      if (read != null) {
        understood++;
        if (read.choices() < 1 || read.maxOutputTokens() < LlmRequest.UNLIMITED) {
          fail("mutation %d gives %s", i, read);
        }
      }
    }
    assertThat(understood).isBetween(1, MUTATIONS - 1);
  }

  @ParameterizedTest
  @MethodSource("responses")
  void feed_mutatedBodies_factsOfSomeSort(Exchanges.Response response) {
    Random random = new Random(response.body().hashCode());
    byte[] body = response.body().getBytes(UTF_8);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = Mutations.mutated(body, random);

      Reading reading =
          Reading.of(
              response.dialect(), response.status(), mutated, random.nextInt(mutated.length + 1));

      if (!isSane(reading.facts())) {
        fail("mutation %d gives %s", i, reading.facts());
      }
    }
  }

  private static boolean isSane(ResponseFacts facts) {
    Usage usage = facts.usage();
    boolean saneUsage =
        usage == null
            || (usage.totalTokens() >= 0
                && Arrays.stream(TokenClass.values())
                    .allMatch(tokenClass -> usage.tokens(tokenClass) >= 0));
    String error = facts.errorType();
    return saneUsage && (error == null || error.matches("[A-Za-z0-9_.-]{1,64}"));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void feed_randomBytes_nothing(Exchanges.Response response) {
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      byte[] noise = new byte[random.nextInt(500)];
      random.nextBytes(noise);

      assertThat(Reading.of(response.dialect(), 200, noise).facts().usage()).isNull();
      assertThat(response.dialect().readRequest(response.path(), noise)).isNull();
    }
  }
}
