package io.tokenmeter.engine.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.TokenClass;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceListTest {
  private final PriceList list = new PriceList();

  /** The price tells which pattern was found. */
  private void add(String pattern, String price) {
    list.add(pattern, ModelPrices.always(UnitPrices.parse(Map.of("uncached_input", price))));
  }

  private String found(String model) {
    ModelPrices prices = list.find(model);
    return prices == null
        ? "none"
        : prices.at(0, 0).usdPerMillion(TokenClass.UNCACHED_INPUT).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4, 1",
    "gpt-4-turbo, 1",
    "gpt-4:x, 1",
    "gpt-4@x, 1",
    "gpt-4o, 2",
    "gpt-4o-2024-08-06, 2",
    "gpt-4o-mini, none",
    "gpt-4omega, none",
    "gpt-40, none",
    "gpt, none",
  })
  void find_prefixAndNearbyName_neverPricesAnother(String model, String expected) {
    add("gpt-4*", "1");
    add("gpt-4o", "2");
    assertThat(found(model)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "claude-2, 1",
    "claude-2-1, 1",
    "claude-2-100k, 2",
    "claude-2-100k-20240101, 2",
    "claude-2-100k-x-y, 1",
    "claude-2-200k, 3",
    "claude-2-200k-x, 3",
    "claude-20, none",
  })
  void find_severalThatFit_takesTheLongest(String model, String expected) {
    add("claude-2*", "1");
    add("claude-2-100k", "2");
    add("claude-2-200k*", "3");
    assertThat(found(model)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "m-2026-01-02, true",
    "m-20260102, true",
    "m@20260102, true",
    "m-latest, true",
    "m@default, true",
    "m-20260102-v1:0, true",
    "m-v2:0, true",
    "m-v2, false",
    "m-0613, false",
    "m-preview, false",
    "m-2026-01, false",
    "m:free, false",
    "m.ft-20260102, false",
  })
  void find_snapshotOfAName_isThatName(String model, boolean known) {
    add("m", "1");
    assertThat(found(model)).isEqualTo(known ? "1" : "none");
  }

  @Test
  void find_starAlone_isEveryModel() {
    add("*", "3");
    assertThat(found("anything")).isEqualTo("3");
  }

  @Test
  void at_rowsOfDaysAndSizes_takesTheLatestAndLargestThatHold() {
    UnitPrices old = UnitPrices.parse(Map.of("uncached_input", "1"));
    UnitPrices oldLarge = UnitPrices.parse(Map.of("uncached_input", "2"));
    UnitPrices later = UnitPrices.parse(Map.of("uncached_input", "3"));
    ModelPrices prices =
        new ModelPrices(
            List.of(
                new ModelPrices.Row(100, -1, later),
                new ModelPrices.Row(ModelPrices.ALWAYS, 1000, oldLarge),
                new ModelPrices.Row(ModelPrices.ALWAYS, -1, old)));
    assertThat(prices.at(99, 1000)).isSameAs(old);
    assertThat(prices.at(99, 1001)).isSameAs(oldLarge);
    assertThat(prices.at(100, 5000)).isSameAs(later);
  }
}
