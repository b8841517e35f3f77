package io.tokenmeter.engine.budgets;

import static io.tokenmeter.engine.budgets.BudgetsTest.denied;
import static io.tokenmeter.engine.budgets.BudgetsTest.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Month;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A configuration is read anew: other limits, rules that go and come back, in every window. */
final class ReloadTest {
  private static final Map<String, String> ANN = Map.of("user", "ann", "session", "s1");
  private static final Map<String, String> BOB = Map.of("user", "bob", "session", "s2");

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);

  static Stream<Window> windows() {
    return Stream.of(
        Window.MINUTE,
        Window.REFILL_DAY,
        Window.HOUR,
        Window.DAY,
        Window.WEEK,
        Window.MONTH,
        Window.quarter(Month.FEBRUARY),
        Window.year(Month.APRIL),
        Window.LIFETIME,
        Window.SESSION,
        Window.rolling(Duration.ofHours(2)));
  }

  private static BudgetRule rule(Window window, long limit) {
    return BudgetRule.named("b")
        .per(List.of("user"))
        .limit(Budget.Unit.TOKENS, limit)
        .window(window)
        .build();
  }

  private static void spend(Budgets budgets, Map<String, String> call, long tokens) {
    granted(budgets.reserve(tokens, 0, call)).hold().settle(tokens, 0);
  }

  @ParameterizedTest
  @MethodSource("windows")
  void limitGoesUpAndDown_whatWasSpentStays(Window window) {
    Budgets budgets = new Budgets(List.of(rule(window, 100)), ledger, clock);
    spend(budgets, ANN, 90);
    spend(budgets, BOB, 10);

    budgets.replaceRules(List.of(rule(window, 150)));
    denied(budgets.reserve(61, 0, ANN));
    spend(budgets, ANN, 60);
    denied(budgets.reserve(1, 0, ANN));
    denied(budgets.reserve(141, 0, BOB));
    granted(budgets.reserve(140, 0, BOB)).hold().release();

    budgets.replaceRules(List.of(rule(window, 120)));
    denied(budgets.reserve(1, 0, ANN));
    denied(budgets.reserve(111, 0, BOB));
    spend(budgets, BOB, 110);

    budgets.replaceRules(List.of(rule(window, 100)));
    denied(budgets.reserve(1, 0, ANN));
    denied(budgets.reserve(1, 0, BOB));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void limitChangesWhileACallHolds_itsHoldBinds(Window window) {
    Budgets budgets = new Budgets(List.of(rule(window, 100)), ledger, clock);
    Admission.Hold call = granted(budgets.reserve(80, 0, ANN)).hold();

    budgets.replaceRules(List.of(rule(window, 150)));
    denied(budgets.reserve(71, 0, ANN));
    granted(budgets.reserve(70, 0, ANN)).hold().release();
    call.settle(70, 0);
    denied(budgets.reserve(81, 0, ANN));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void ruleGoesAndComesBack_bindsNobodyMeanwhileAndKeepsItsHistory(Window window) {
    Budgets budgets = new Budgets(List.of(rule(window, 100)), ledger, clock);
    spend(budgets, ANN, 60);
    Admission.Hold call = granted(budgets.reserve(30, 0, ANN)).hold();

    budgets.replaceRules(List.of());
    granted(budgets.reserve(1_000, 0, ANN)).hold().settle(1_000, 0);
    assertThat(budgets.list()).isEmpty();
    assertThat(call.grow(500, 0).granted()).isTrue();
    call.settle(20, 0);
    ledger.maintain();

    budgets.replaceRules(List.of(rule(window, 100)));
    assertThat(budgets.list())
        .singleElement()
        .satisfies(budget -> assertThat(budget.used()).isEqualTo(80));
    denied(budgets.reserve(21, 0, ANN));
    spend(budgets, ANN, 20);
    denied(budgets.reserve(1, 0, ANN));
  }

  /** Processes read the configuration one after the other. */
  @Test
  void bucketsLimitChanges_severalProcesses_whatWasSpentIsCarriedOverOnce() throws Exception {
    try (Ledger one = Ledger.open(home, clock);
        Ledger two = Ledger.open(home, clock)) {
      Budgets first = new Budgets(List.of(rule(Window.REFILL_DAY, 100)), one, clock);
      Budgets second = new Budgets(List.of(rule(Window.REFILL_DAY, 100)), two, clock);
      spend(first, ANN, 60);
      spend(second, ANN, 30);

      first.replaceRules(List.of(rule(Window.REFILL_DAY, 150)));
      spend(first, ANN, 20);
      second.replaceRules(List.of(rule(Window.REFILL_DAY, 150)));
      denied(second.reserve(41, 0, ANN));
      spend(second, ANN, 40);
      denied(first.reserve(1, 0, ANN));

      clock.advance(Duration.ofHours(12));
      denied(first.reserve(76, 0, ANN));
      granted(second.reserve(75, 0, ANN));
    }
  }

  @Test
  void list_bucketsLimitHasChanged_showsWhatItsRowsWillTakeOver() {
    Budgets budgets = new Budgets(List.of(rule(Window.MINUTE, 100)), ledger, clock);
    spend(budgets, ANN, 90);
    spend(budgets, BOB, 60);
    budgets.replaceRules(List.of(rule(Window.MINUTE, 200)));
    assertThat(standings(budgets)).containsExactlyInAnyOrder("user=ann 110", "user=bob 140");
    assertThat(budgets.list())
        .filteredOn(budget -> budget.scope().equals("user=ann"))
        .singleElement()
        .satisfies(
            budget -> assertThat(budget.resetsAt()).isEqualTo(clock.instant().plusSeconds(27)));

    spend(budgets, ANN, 10);
    assertThat(standings(budgets)).containsExactlyInAnyOrder("user=ann 100", "user=bob 140");
    clock.advance(Duration.ofSeconds(30));
    assertThat(standings(budgets))
        .as("refilled by 50")
        .containsExactlyInAnyOrder("user=ann 200", "user=bob 190");
    clock.advance(Duration.ofSeconds(30));
    assertThat(standings(budgets)).containsExactly("user=ann 200");
  }

  @Test
  void list_bucketIsNotSplitAndIsSelective_showsWhatItWillTakeOver() {
    BudgetRule.Builder search =
        BudgetRule.named("b").match(Map.of("team", "search")).window(Window.MINUTE);
    Budgets budgets =
        new Budgets(List.of(search.limit(Budget.Unit.TOKENS, 100).build()), ledger, clock);
    spend(budgets, Map.of("team", "search"), 90);
    budgets.replaceRules(List.of(search.limit(Budget.Unit.TOKENS, 200).build()));
    assertThat(standings(budgets)).containsExactly("team=search 110");
  }

  private static List<String> standings(Budgets budgets) {
    return budgets.list().stream()
        .map(budget -> budget.scope() + " " + budget.remaining())
        .toList();
  }

  @Test
  void bucketsUnitsAreCallsAndMoney_theyAreCarriedOverToo() {
    for (Budget.Unit unit : List.of(Budget.Unit.CALLS, Budget.Unit.USD)) {
      BudgetRule few =
          BudgetRule.named("u" + unit).limit(unit, 3).window(Window.REFILL_DAY).build();
      BudgetRule more =
          BudgetRule.named("u" + unit).limit(unit, 4).window(Window.REFILL_DAY).build();
      Budgets budgets = new Budgets(List.of(few), ledger, clock);
      for (int i = 0; i < 3; i++) {
        granted(budgets.reserve(0, 1, ANN)).hold().settle(0, 1);
      }
      budgets.replaceRules(List.of(more));
      granted(budgets.reserve(0, 1, ANN)).hold().settle(0, 1);
      denied(budgets.reserve(0, 1, ANN));
    }
  }
}
