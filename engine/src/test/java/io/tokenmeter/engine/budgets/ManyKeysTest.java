package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A budget for each of 100,000 users. */
final class ManyKeysTest {
  private static final int KEYS = 100_000;
  private static final String FILE = "ledger-v4.tm";

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  private static List<BudgetRule> rules() {
    return List.of(
        BudgetRule.named("user")
            .per(List.of("user"))
            .limit(Budget.Unit.TOKENS, 10)
            .window(Window.DAY)
            .build());
  }

  @Test
  void reserve_hundredThousandKeys_eachHasItsOwnAndTheNextDayUsesTheirRowsAgain()
      throws IOException {
    try (Ledger ledger = Ledger.open(home, clock);
        Ledger other = Ledger.open(home, clock)) {
      assertThat(Files.size(home.resolve(FILE))).isLessThan(5_000_000);
      Budgets budgets = new Budgets(rules(), ledger, clock);
      Budgets elsewhere = new Budgets(rules(), other, clock);
      spendTwice(budgets, elsewhere);
      long grown = Files.size(home.resolve(FILE));
      assertThat(budgets.list()).hasSize(KEYS).allMatch(budget -> budget.used() == 10);

      for (int day = 0; day < 2; day++) {
        clock.advance(Duration.ofHours(49));
        ledger.maintain();
        spendTwice(budgets, elsewhere);
      }

      assertThat(Files.size(home.resolve(FILE))).isEqualTo(grown);
      assertThat(budgets.list()).hasSize(KEYS).allMatch(budget -> budget.used() == 10);
    }
  }

  private static void spendTwice(Budgets one, Budgets other) {
    for (int i = 0; i < KEYS; i++) {
      Map<String, String> user = Map.of("user", "user-" + i);
      BudgetsTest.granted(one.reserve(6, 0, user)).hold().settle(5, 0);
      BudgetsTest.granted(other.reserve(5, 0, user)).hold().settle(5, 0);
      BudgetsTest.denied(one.reserve(1, 0, user));
    }
  }
}
