package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpendTableTest {
  private static final Map<String, String> SEARCH =
      Map.of("team", "search", "model", "gpt-4o", "provider", "openai");
  private static final Map<String, String> O3 = Map.of("model", "o3");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 30);
  private static final LocalDate NOVEMBER = LocalDate.of(2026, 11, 1);

  private final FakeClock clock = new FakeClock("2026-11-30T23:00:00Z");

  @Test
  void add_fromTwoLedgers_sumsUpByCombinationAndWindow(@TempDir Path directory) throws Exception {
    try (Ledger one = Ledger.open(directory, clock);
        Ledger two = Ledger.open(directory, clock)) {
      one.spend().add(SEARCH, 100, 7, true, clock.instant());
      two.spend().add(new HashMap<>(SEARCH), 50, 5, true, clock.instant());
      two.spend().add(O3, 1, 0, false, clock.instant());

      assertThat(one.spend().list())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
          .containsExactlyInAnyOrder(
              new Spend("", "day", TODAY, SEARCH, 150, 12, 2, 0),
              new Spend("", "day", TODAY, O3, 1, 0, 1, 1),
              new Spend("", "month", NOVEMBER, SEARCH, 150, 12, 2, 0),
              new Spend("", "month", NOVEMBER, O3, 1, 0, 1, 1));
      assertThat(one.spend().list()).extracting(Spend::id).doesNotHaveDuplicates();
      assertThat(one.accountStates()).as("spend is no budget").isEmpty();
    }
  }

  @Test
  void list_dayTurns_startsAnew() {
    Ledger ledger = Ledger.inMemory(clock);
    ledger.spend().add(SEARCH, 100, 7, true, clock.instant());

    clock.advance(Duration.ofHours(2));
    assertThat(ledger.spend().list()).isEmpty();
    ledger.spend().add(SEARCH, 1, 1, true, clock.instant().minus(Duration.ofHours(2)));
    assertThat(ledger.spend().list()).as("it belongs to yesterday").isEmpty();
    assertThat(ledger.spend().all()).extracting(Spend::tokens).containsOnly(101L);

    clock.advance(Duration.ofHours(20));
    ledger.spend().add(SEARCH, 1, 1, true, clock.instant().minus(Duration.ofHours(20)));
    assertThat(ledger.spend().list()).extracting(Spend::tokens).containsOnly(1L);
  }

  @Test
  void add_tableIsFull_keepsTheSumsAndLeavesRoomForBudgets() {
    Ledger ledger = Ledger.inMemory(clock, new Sizes(32, 8, 1));
    for (int i = 0; i < 100; i++) {
      ledger.spend().add(Map.of("team", "t" + i), 1, 1, true, clock.instant());
    }
    List<Spend> months =
        ledger.spend().list().stream().filter(row -> row.window().equals("month")).toList();
    assertThat(months).hasSizeGreaterThan(5);
    assertThat(months.stream().mapToLong(Spend::calls).sum()).isEqualTo(100);
    assertThat(months).extracting(Spend::keys).contains(SpendTable.OTHERS);

    LedgerHold hold = ledger.begin(ledger.now());
    for (int key = 1; key <= 6; key++) {
      AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
      assertThat(hold.create(key << 20, key, spec, false)).isNotZero();
    }
  }

  @Test
  void add_longNames_areCutWhereTheyAreLongest() {
    Ledger ledger = Ledger.inMemory(clock);
    Map<String, String> keys =
        Map.of("team", "search", "model", "ft:gpt-4o-mini:" + "x\u00e9".repeat(100));
    ledger.spend().add(keys, 1, 1, true, clock.instant());

    Map<String, String> kept = ledger.spend().list().get(0).keys();
    assertThat(kept).containsEntry("team", "search");
    assertThat(kept.get("model")).startsWith("ft:gpt-4o-mini:x\u00e9").endsWith("\u2026");
  }
}
