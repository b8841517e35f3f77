package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetHold;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A stream's hold that an error ends in the middle of its growth, as a stack that overflows does.
 */
final class FailedGrowthTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4);

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");

  @Test
  void grow_failsBetweenItsSteps_leavesNothingHeldAndNoSlotTaken() {
    BudgetRule rule =
        BudgetRule.named("day").limit(Budget.Unit.TOKENS, 100).window(Window.DAY).build();
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      PausingMemory memory = new PausingMemory(BareLedger.words(SIZES));
      Ledger ledger = BareLedger.over(memory, SIZES, clock);
      Budgets budgets = new Budgets(List.of(rule), ledger, clock);
      BudgetHold hold = budgets.newHold();
      assertThat(budgets.reserve(hold, 10, 0, CallKeys.of(Map.of()))).isNull();
      memory.after(
          accesses,
          () -> {
            if (BareLedger.usedSlots(ledger) == 2
                && !isIn("begin", "takeIntoSlot", "complete", "release")) {
              throw new StackOverflowError();
            }
          });
      try {
        hold.grow(200, 0);
      } catch (StackOverflowError expected) {
        // the application's
      }
      over = memory.stop();
      hold.settle(15, 0);

      String point = "failed after %d accesses".formatted(accesses);
      assertThat(ledger.slots().awaitTakers(0)).as(point).isTrue();
      assertThat(budgets.list().get(0).reserved()).as(point).isZero();
      assertThat(budgets.list().get(0).used()).as(point).isEqualTo(15);
    }
  }

  private static boolean isIn(String... methods) {
    List<String> those = List.of(methods);
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> those.contains(frame.getMethodName())));
  }
}
