package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A bucket's limit changes, and the first calls after that come together. */
final class HandOverTest {
  private static final LedgerDescriptor.Sizes SIZES = new LedgerDescriptor.Sizes(16, 8, 1);

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");

  private static List<BudgetRule> limit(long tokens) {
    return List.of(
        BudgetRule.named("b").limit(Budget.Unit.TOKENS, tokens).window(Window.REFILL_DAY).build());
  }

  private static void spend(Budgets budgets, long tokens) {
    Admission admission = budgets.reserve(tokens, 0, Map.of());
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    ((Admission.Granted) admission).hold().settle(tokens, 0);
  }

  @Test
  void limitChanges_twoCallsAreTheFirst_whatWasUsedIsHandedOverOnce() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
      LedgerFile.writeHeader(new Memory(words), SIZES);
      PausingMemory memory = new PausingMemory(words);
      Ledger ledger = Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);
      Budgets budgets = new Budgets(limit(100), ledger, clock);
      spend(budgets, 60);
      budgets.replaceRules(limit(150));
      memory.after(accesses, () -> spend(budgets, 1));
      spend(budgets, 1);
      over = memory.stop();
      long used = over ? 61 : 62;

      assertThat(budgets.list())
          .as("another call after %d accesses", accesses)
          .singleElement()
          .satisfies(budget -> assertThat(budget.used()).isEqualTo(used))
          .satisfies(budget -> assertThat(budget.reserved()).isZero());
    }
  }
}
