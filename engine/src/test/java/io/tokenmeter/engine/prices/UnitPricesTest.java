package io.tokenmeter.engine.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitPricesTest {
  private static final TokenClass[] CLASSES = TokenClass.values();

  @Test
  void cost_anyUsageAndPrices_isTheExactSumRoundedUpOnce() {
    Random random = new Random(20261122);
    for (int run = 0; run < 20_000; run++) {
      UnitPrices prices = randomPrices(random);
      Usage usage = randomUsage(random, run % 2 == 0 ? 100_000 : Long.MAX_VALUE >> 8);
      Cost cost = prices.cost(usage);

      assertThat(cost.nanoUsd()).isEqualTo(exactNanoUsd(prices, usage));
      assertThat(cost.byClass().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(cost.nanoUsd());
      assertThat(cost.byClass().values()).allMatch(share -> share >= 0);
    }
  }

  @Test
  void cost_oneTokenMore_isNeverLess() {
    Random random = new Random(7);
    for (int run = 0; run < 5_000; run++) {
      UnitPrices prices = randomPrices(random);
      Usage usage = randomUsage(random, 1000);
      TokenClass grown = CLASSES[random.nextInt(CLASSES.length)];
      Usage.Builder more = Usage.builder();
      for (TokenClass tokenClass : CLASSES) {
        more.tokens(tokenClass, usage.tokens(tokenClass) + (tokenClass == grown ? 1 : 0));
      }
      assertThat(prices.cost(more.build()).nanoUsd())
          .isGreaterThanOrEqualTo(prices.cost(usage).nanoUsd());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // 0.0001 USD per million tokens is a tenth of a nano-USD a token.
    "1, 1",
    "9, 1",
    "10, 1",
    "11, 2",
    "0, 0",
  })
  void cost_fractionOfANano_isRoundedUpOnceForTheCall(long tokens, long nanoUsd) {
    UnitPrices prices = UnitPrices.parse(Map.of("uncached_input", "0.0001", "output", "0.0001"));
    assertThat(prices.cost(Usage.of(tokens, 0)).nanoUsd()).isEqualTo(nanoUsd);
    assertThat(prices.cost(Usage.of(tokens, tokens)).nanoUsd()).isEqualTo((2 * tokens + 9) / 10);
  }

  @Test
  void cost_moreThanALongHolds_staysAtTheMost() {
    UnitPrices prices = UnitPrices.parse(Map.of("uncached_input", "999999999"));
    Cost cost = prices.cost(Usage.of(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4));
    assertThat(cost.nanoUsd()).isEqualTo(Long.MAX_VALUE);
    assertThat(cost.byClass())
        .containsEntry(TokenClass.UNCACHED_INPUT, Long.MAX_VALUE)
        .containsEntry(TokenClass.OUTPUT, 0L);
  }

  @Test
  void parse_missingClasses_costWhatTheNearestDoes() {
    UnitPrices input = UnitPrices.parse(Map.of("uncached_input", "2"));
    for (TokenClass tokenClass : CLASSES) {
      assertThat(input.usdPerMillion(tokenClass)).isEqualByComparingTo("2");
    }
    UnitPrices both =
        UnitPrices.parse(Map.of("uncached_input", "4", "output", "10", "cache_write_5m", "5"));
    assertThat(both.usdPerMillion(TokenClass.CACHE_READ)).isEqualByComparingTo("4");
    assertThat(both.usdPerMillion(TokenClass.CACHE_WRITE_5M)).isEqualByComparingTo("5");
    assertThat(both.usdPerMillion(TokenClass.CACHE_WRITE_1H)).isEqualByComparingTo("8");
    assertThat(both.usdPerMillion(TokenClass.TOOL_INPUT)).isEqualByComparingTo("4");
    assertThat(both.usdPerMillion(TokenClass.AUDIO_INPUT)).isEqualByComparingTo("4");
    assertThat(both.usdPerMillion(TokenClass.REASONING)).isEqualByComparingTo("10");
    assertThat(both.usdPerMillion(TokenClass.AUDIO_OUTPUT)).isEqualByComparingTo("10");
  }

  @Test
  void usdPerMillion_wholeNumber_isPlain() {
    UnitPrices prices = UnitPrices.parse(Map.of("uncached_input", "150", "output", "0.150"));
    assertThat(prices.usdPerMillion(TokenClass.UNCACHED_INPUT)).hasToString("150");
    assertThat(prices.usdPerMillion(TokenClass.OUTPUT)).hasToString("0.15");
  }

  @ParameterizedTest
  @CsvSource({
    "uncached_input, -1, 'uncached_input: expected USD per million tokens'",
    "uncached_input, 1.0000001, 'with at most six places, but was ''1.0000001'''",
    "uncached_input, 1e400, expected USD per million",
    "uncached_input, much, expected USD per million",
    "input, 1, knows no token class 'input'",
    "output, 1, states no price for uncached_input",
  })
  void parse_unusablePrice_saysWhatIsWrong(String label, String price, String message) {
    assertThatThrownBy(() -> UnitPrices.parse(Map.of(label, price)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static UnitPrices randomPrices(Random random) {
    Map<String, String> prices = new HashMap<>();
    for (TokenClass tokenClass : CLASSES) {
      if (tokenClass == TokenClass.UNCACHED_INPUT || random.nextBoolean()) {
        prices.put(
            tokenClass.label(),
            BigDecimal.valueOf(random.nextInt(200_000_000), random.nextInt(7)).toPlainString());
      }
    }
    return UnitPrices.parse(prices);
  }

  private static Usage randomUsage(Random random, long bound) {
    Usage.Builder usage = Usage.builder();
    for (TokenClass tokenClass : CLASSES) {
      if (random.nextBoolean()) {
        usage.tokens(tokenClass, random.nextLong(bound));
      }
    }
    return usage.build();
  }

  private static long exactNanoUsd(UnitPrices prices, Usage usage) {
    BigDecimal usd = BigDecimal.ZERO;
    for (TokenClass tokenClass : CLASSES) {
      BigDecimal tokens = BigDecimal.valueOf(usage.tokens(tokenClass));
      usd = usd.add(prices.usdPerMillion(tokenClass).multiply(tokens).movePointLeft(6));
    }
    return usd.movePointRight(9)
        .setScale(0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValue();
  }
}
