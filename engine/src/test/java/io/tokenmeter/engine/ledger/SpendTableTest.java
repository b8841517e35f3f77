package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpendTableTest {
  private static final Map<String, String> SEARCH =
      Map.of("team", "search", "model", "gpt-4o", "provider", "openai");

  private final FakeClock clock = new FakeClock("2026-11-30T23:00:00Z");

  @Test
  void add_fromTwoLedgers_sumsUpByDimensionAndWindow(@TempDir Path directory) throws Exception {
    try (Ledger one = Ledger.open(directory, clock);
        Ledger two = Ledger.open(directory, clock)) {
      one.spend().add(SEARCH, 100, 7, clock.instant());
      two.spend().add(SEARCH, 50, 5, clock.instant());
      two.spend().add(Map.of("model", "o3"), 1, 0, clock.instant());

      assertThat(one.spend().list())
          .containsExactlyInAnyOrder(
              new Spend("day", "team", "search", 150, 12, 2),
              new Spend("day", "team", "", 1, 0, 1),
              new Spend("day", "model", "gpt-4o", 150, 12, 2),
              new Spend("day", "model", "o3", 1, 0, 1),
              new Spend("day", "provider", "openai", 150, 12, 2),
              new Spend("day", "provider", "", 1, 0, 1),
              new Spend("month", "team", "search", 150, 12, 2),
              new Spend("month", "team", "", 1, 0, 1),
              new Spend("month", "model", "gpt-4o", 150, 12, 2),
              new Spend("month", "model", "o3", 1, 0, 1),
              new Spend("month", "provider", "openai", 150, 12, 2),
              new Spend("month", "provider", "", 1, 0, 1));
      assertThat(one.accountStates()).as("spend is no budget").isEmpty();
    }
  }

  @Test
  void list_dayTurns_startsAnew() {
    Ledger ledger = Ledger.inMemory(clock);
    ledger.spend().add(SEARCH, 100, 7, clock.instant());

    clock.advance(Duration.ofHours(2));
    assertThat(ledger.spend().list()).isEmpty();
    ledger.spend().add(SEARCH, 1, 1, clock.instant().minus(Duration.ofHours(2)));
    assertThat(ledger.spend().list()).as("it belongs to yesterday").isEmpty();

    clock.advance(Duration.ofHours(20));
    ledger.spend().add(SEARCH, 1, 1, clock.instant().minus(Duration.ofHours(20)));
    assertThat(ledger.spend().list()).extracting(Spend::tokens).containsOnly(1L);
  }

  @Test
  void add_tableIsFull_leavesRoomForBudgets() {
    Ledger ledger = Ledger.inMemory(clock, new Sizes(32, 8, 1));
    for (int i = 0; i < 100; i++) {
      ledger.spend().add(Map.of("team", "t" + i), 1, 1, clock.instant());
    }
    LedgerHold hold = ledger.begin(ledger.now());
    for (int key = 1; key <= 8; key++) {
      AccountSpec spec = new AccountSpec(key, false, AccountUnit.TOKENS, Long.MAX_VALUE - 1, 0, "");
      assertThat(hold.create(key << 20, key, spec, false)).isNotZero();
    }
  }
}
