package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.budgets.Window;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A reservation that an error ends in its middle, as a stack that overflows does. */
final class FailedReservationTest {
  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);

  private static BudgetRule rule(String name, String per) {
    return BudgetRule.named(name)
        .per(List.of(per))
        .limit(Budget.Unit.TOKENS, 100)
        .window(Window.DAY)
        .build();
  }

  @Test
  void reserve_failsInItsMiddle_holdsNothingAndNoSlot() {
    Budgets budgets =
        new Budgets(List.of(rule("first", "user"), rule("second", "deep")), ledger, clock);
    CallKeys keys =
        key -> {
          if (key.equals("deep")) {
            throw new StackOverflowError();
          }
          return "ann";
        };

    assertThatThrownBy(() -> budgets.reserve(60, 0, keys)).isInstanceOf(StackOverflowError.class);

    assertThat(budgets.list().get(0).reserved()).isZero();
    assertThat(ledger.slots().awaitTakers(0)).as("nobody takes").isTrue();
    assertThat(budgets.reserve(100, 0, Map.of("user", "ann", "deep", "d")).getClass())
        .isEqualTo(Admission.Granted.class);
  }
}
