package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A call is settled between any two accesses of the thread that lets its hold grow. */
final class GrowthAndSettlementTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");

  private Budgets budgets(Ledger ledger) {
    Grant grant =
        new Grant(
            "promo",
            "team",
            Map.of(),
            Budget.Unit.TOKENS,
            50,
            clock.instant(),
            Instant.parse("2027-01-01T00:00:00Z"),
            0,
            0);
    BudgetRule rule =
        BudgetRule.named("team")
            .limit(Budget.Unit.TOKENS, 100)
            .window(Window.MONTH)
            .grants(List.of(grant))
            .build();
    return new Budgets(List.of(rule), ledger, clock);
  }

  /** Of the 120 that the call costs the limit pays 100, the grant what it came to hold. */
  @Test
  void settle_whileTheHoldGrows_chargesTheGrantWhatWasAddedOfIt() {
    boolean added = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
      LedgerFile.writeHeader(new Memory(words), SIZES);
      PausingMemory memory = new PausingMemory(words);
      Budgets budgets =
          budgets(Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock));
      Admission.Hold hold = ((Admission.Granted) budgets.reserve(90, 0, Map.of())).hold();
      boolean[] isAdded = {false};

      memory.after(
          accesses,
          () -> {
            boolean holds = promo(budgets).held() == 20;
            hold.settle(120, 0);
            // What the settlement gave back had been added.
            isAdded[0] = holds && promo(budgets).held() == 0;
          });
      assertThat(hold.grow(30, 0).granted()).isTrue();
      over = memory.stop();
      if (over) {
        hold.settle(120, 0);
      }

      String point = "settled after %d accesses".formatted(accesses);
      long limit = budgets.list().get(0).used();
      long promo = promo(budgets).settled();
      added |= isAdded[0];
      assertThat(promo).as(point).isIn(isAdded[0] || over ? List.of(20L) : List.of(0L, 20L));
      assertThat(limit + promo).as(point).isEqualTo(120);
      assertThat(promo(budgets).held()).as(point).isZero();
      assertThat(budgets.list().get(0).reserved()).as(point).isZero();
    }
    assertThat(added).isTrue();
  }

  private static GrantState promo(Budgets budgets) {
    return budgets.grants().get(0);
  }
}
