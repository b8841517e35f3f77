package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the words hold, nothing throws and nothing runs for ever. */
final class DamageTest {
  private static final LedgerDescriptor.Sizes SIZES = new LedgerDescriptor.Sizes(64, 32, 4);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void use_anyWordsAreDamaged_doesNotFail(long seed) {
    Random random = new Random(seed);
    FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
    LedgerFile.Opened opened = LedgerFile.inProcess(SIZES);
    Ledger ledger = Ledger.over(opened, clock);
    Budgets budgets = new Budgets(rules(), ledger, clock);
    Recovery recovery = recovery(opened, clock);
    List<Admission.Hold> holds = new ArrayList<>();
    int answered = 0;
    for (int i = 0; i < 800; i++) {
      damage(opened.memory(), random);
      Admission admission =
          budgets.reserve(
              random.nextInt(100), random.nextInt(100), Map.of("user", "u" + random.nextInt(20)));
      if (admission instanceof Admission.Granted granted) {
        holds.add(granted.hold());
      }
      if (!holds.isEmpty() && random.nextBoolean()) {
        holds.remove(random.nextInt(holds.size())).settle(random.nextInt(200), random.nextInt(200));
      }
      ledger.spend().add(Map.of("team", "t" + i % 5), 1, 1, true, clock.instant());
      answered += budgets.list().size() + ledger.spend().list().size();
      clock.advance(Duration.ofSeconds(1));
      ledger.maintain();
      if (i % 100 == 0) {
        clock.advance(Duration.ofHours(random.nextInt(40)));
        BitSet dead = new BitSet();
        dead.set(1, 4);
        recovery.endSlotsOf(dead);
      }
    }
    assertThat(answered).isPositive();
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void reserve_signOfARollingWindowsStepIsFlipped_doesNotRunForEver() {
    FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
    LedgerFile.Opened opened = LedgerFile.inProcess(SIZES);
    Budgets budgets =
        new Budgets(
            List.of(
                BudgetRule.named("b")
                    .limit(Budget.Unit.TOKENS, 100)
                    .window(Window.rolling(Duration.ofDays(1)))
                    .build()),
            Ledger.over(opened, clock),
            clock);
    Map<String, String> keys = Map.of();
    ((Admission.Granted) budgets.reserve(60, 0, keys)).hold().settle(60, 0);
    int mark = new Rows(opened.memory(), SIZES).offset(0) + LedgerDescriptor.ROW_MARK;
    opened.memory().set(mark, opened.memory().get(mark) | Long.MIN_VALUE);

    assertThat(budgets.reserve(41, 0, keys)).isInstanceOf(Admission.Denied.class);
    assertThat(budgets.reserve(40, 0, keys)).isInstanceOf(Admission.Granted.class);
    clock.advance(Duration.ofDays(3));
    assertThat(budgets.reserve(60, 0, keys)).isInstanceOf(Admission.Granted.class);
  }

  /** One word that is not in the header's fixed part. */
  private static void damage(Memory memory, Random random) {
    int offset =
        LedgerDescriptor.ROWS_BEGUN_OFFSET + 8 * random.nextInt((int) (SIZES.length() - 300) / 8);
    long word = memory.get(offset);
    memory.set(
        offset,
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> random.nextLong();
          case 2 -> word ^ 1L << random.nextInt(64);
          default -> -1;
        });
  }

  private static Recovery recovery(LedgerFile.Opened opened, FakeClock clock) {
    Rows rows = new Rows(opened.memory(), SIZES);
    Slots slots = new Slots(opened.memory(), SIZES, rows);
    ClockGuard guard = new ClockGuard(opened.memory(), clock);
    Accounts accounts = new Accounts(opened.memory(), rows, guard);
    return new Recovery(opened.memory(), rows, slots, accounts);
  }

  private static List<BudgetRule> rules() {
    List<BudgetRule> rules = new ArrayList<>();
    for (Window window :
        List.of(
            Window.MINUTE,
            Window.DAY,
            Window.LIFETIME,
            Window.SESSION,
            Window.rolling(Duration.ofDays(1)))) {
      for (Budget.Unit unit : Budget.Unit.values()) {
        for (List<String> per : List.of(List.<String>of(), List.of("user"))) {
          rules.add(
              BudgetRule.named(window + " " + unit + per)
                  .per(per)
                  .limit(unit, 100_000)
                  .window(window)
                  .hard(rules.size() % 2 == 0)
                  .build());
        }
      }
    }
    return rules;
  }
}
