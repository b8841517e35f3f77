package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BudgetsTest {
  private static final Map<String, String> SEARCH =
      Map.of("team", "search", "user", "ann", "model", "gpt-4o-mini", "provider", "openai");

  private final FakeClock clock = new FakeClock("2026-10-31T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);

  @Test
  void reserve_withinLimit_isGrantedAndHeld() {
    Budgets budgets = budgets(tokens("team", 100, true));

    Admission.Granted granted = granted(budgets.reserve(60, 0, SEARCH));

    assertThat(granted.exceeded()).isEmpty();
    assertThat(only(budgets))
        .isEqualTo(
            new Budget(
                "team",
                "",
                Budget.Unit.TOKENS,
                true,
                "day",
                100,
                0,
                60,
                40,
                Instant.parse("2026-11-01T00:00:00Z")));
  }

  @Test
  void reserve_moreThanIsLeft_isDeniedAndHoldsNothing() {
    Budgets budgets = budgets(tokens("team", 100, true));
    granted(budgets.reserve(60, 0, SEARCH));

    Admission.Denied denied = denied(budgets.reserve(41, 0, SEARCH));

    assertThat(denied.requested()).isEqualTo(41);
    assertThat(denied.budget().remaining()).isEqualTo(40);
    assertThat(denied.budget().reserved()).isEqualTo(60);
    granted(budgets.reserve(40, 0, SEARCH));
  }

  @Test
  void reserve_oneOfSeveralBudgetsCannotPay_leavesTheOthersUntouched() {
    Budgets budgets =
        budgets(
            tokens("org", 1_000, true),
            rule("usd", Map.of(), List.of(), Budget.Unit.USD, 500, true, Window.MONTH),
            tokens("team", 100, true));

    assertThat(denied(budgets.reserve(200, 7, SEARCH)).budget().name()).isEqualTo("team");

    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(budgets.list()).extracting(Budget::used).containsOnly(0L);
  }

  @Test
  void settle_lessThanHeld_givesTheRestBack() {
    Budgets budgets = budgets(tokens("team", 100, true));

    granted(budgets.reserve(80, 0, SEARCH)).hold().settle(30, 0);

    assertThat(only(budgets).used()).isEqualTo(30);
    assertThat(only(budgets).reserved()).isZero();
    assertThat(only(budgets).remaining()).isEqualTo(70);
  }

  @Test
  void settle_moreThanHeld_isDebtThatBlocksTheNextCall() {
    Budgets budgets = budgets(tokens("team", 100, true));

    granted(budgets.reserve(80, 0, SEARCH)).hold().settle(130, 0);

    assertThat(only(budgets).remaining()).isEqualTo(-30);
    denied(budgets.reserve(1, 0, SEARCH));
  }

  @Test
  void settle_twiceOrAfterRelease_countsOnce() {
    Budgets budgets = budgets(tokens("team", 100, true));
    Admission.Hold settled = granted(budgets.reserve(10, 0, SEARCH)).hold();
    Admission.Hold released = granted(budgets.reserve(20, 0, SEARCH)).hold();

    settled.settle(5, 0);
    settled.settle(7, 0);
    settled.release();
    released.release();
    released.settle(9, 0);

    assertThat(only(budgets).used()).isEqualTo(5);
    assertThat(only(budgets).reserved()).isZero();
  }

  @Test
  void reserve_observingBudgetExceeded_isGrantedAndReported() {
    Budgets budgets = budgets(tokens("soft", 100, false));

    assertThat(granted(budgets.reserve(100, 0, SEARCH)).exceeded()).isEmpty();
    Admission.Granted over = granted(budgets.reserve(1, 0, SEARCH));

    assertThat(over.exceeded()).extracting(Budget::name).containsExactly("soft");
    assertThat(over.exceeded().get(0).remaining()).isEqualTo(-1);
  }

  @Test
  void reserve_nothing_fitsEvenIntoDebt() {
    Budgets budgets = budgets(tokens("team", 10, true));
    granted(budgets.reserve(10, 0, SEARCH)).hold().settle(50, 0);

    granted(budgets.reserve(0, 0, SEARCH)).hold().settle(3, 0);

    assertThat(only(budgets).used()).isEqualTo(53);
  }

  @Test
  void reserve_negativeAmount_isRejected() {
    Budgets budgets = budgets(tokens("team", 10, true));

    assertThatThrownBy(() -> budgets.reserve(-1, 0, SEARCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1 tokens");
    assertThatThrownBy(() -> granted(budgets.reserve(1, 0, SEARCH)).hold().settle(0, -5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-5 nano-USD");
  }

  @Test
  void reserve_hugeAmounts_neverOverflowIntoHeadroom() {
    Budgets budgets = budgets(tokens("soft", Long.MAX_VALUE, false), tokens("hard", 5, true));
    Budgets soft = budgets(tokens("soft", Long.MAX_VALUE, false));

    granted(soft.reserve(Long.MAX_VALUE, 0, SEARCH)).hold().settle(Long.MAX_VALUE, 0);
    Admission.Granted more = granted(soft.reserve(Long.MAX_VALUE, 0, SEARCH));
    more.hold().release();

    assertThat(soft.list().get(0).remaining()).isZero();
    denied(budgets.reserve(Long.MAX_VALUE, 0, SEARCH));
  }

  @Test
  void reserve_noRuleMatches_isGranted() {
    Budgets budgets =
        budgets(rule("x", Map.of("team", "other"), List.of(), Budget.Unit.TOKENS, 0, true));

    Admission.Hold hold = granted(budgets.reserve(5, 5, SEARCH)).hold();
    hold.settle(5, 5);

    assertThat(only(budgets).used()).isZero();
    assertThat(only(budgets).scope()).isEqualTo("team=other");
  }

  @Test
  void match_exactAndPrefix_selectCalls() {
    BudgetRule exact = rule("e", Map.of("model", "gpt-4o"), List.of(), Budget.Unit.TOKENS, 0, true);
    BudgetRule prefix =
        rule("p", Map.of("model", "gpt-4o*"), List.of(), Budget.Unit.TOKENS, 0, true);

    granted(budgets(exact).reserve(1, 0, SEARCH));
    denied(budgets(prefix).reserve(1, 0, SEARCH));
    granted(budgets(prefix).reserve(1, 0, Map.of("team", "search")));
  }

  @Test
  void per_splitsTheRuleIntoRows() {
    Budgets budgets =
        budgets(rule("u", Map.of(), List.of("user"), Budget.Unit.TOKENS, 10, true, Window.DAY));

    granted(budgets.reserve(10, 0, Map.of("user", "ann")));
    granted(budgets.reserve(9, 0, Map.of("user", "bob")));
    granted(budgets.reserve(8, 0, Map.of()));

    assertThat(denied(budgets.reserve(1, 0, Map.of("user", "ann"))).budget().scope())
        .isEqualTo("user=ann");
    assertThat(budgets.list())
        .extracting(Budget::scope, Budget::reserved)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("user=ann", 10L),
            org.assertj.core.groups.Tuple.tuple("user=bob", 9L),
            org.assertj.core.groups.Tuple.tuple("user=", 8L));
  }

  @Test
  void calls_areCountedOneEach() {
    Budgets budgets =
        budgets(
            rule("c", Map.of("operation", "chat"), List.of(), Budget.Unit.CALLS, 2, true),
            tokens("t", 1_000, true));
    CallKeys chat = CallKeys.of(SEARCH, "openai", "gpt-4o", "chat");
    granted(budgets.reserve(10, 0, chat)).hold().settle(900, 0);
    granted(budgets.reserve(10, 0, chat)).hold().release();
    granted(budgets.reserve(10, 0, chat));
    budgets.watch(chat).release();

    Admission.Denied denied = denied(budgets.reserve(10, 0, chat));

    assertThat(denied.budget().name()).isEqualTo("c");
    assertThat(denied.requested()).isEqualTo(1);
    granted(budgets.reserve(10, 0, CallKeys.of(SEARCH, "openai", "gpt-4o", "embeddings")));
    budgets.watch(chat).settle(1, 0);
    assertThat(budgets.list().get(0).used()).isEqualTo(2);
    assertThat(budgets.list().get(0).remaining()).isEqualTo(-1);
  }

  @Test
  void grow_withinAllBudgets_holdsMoreAndSettlesOnce() {
    Budgets budgets = budgets(tokens("wide", 1_000, true), tokens("narrow", 100, true));
    Admission.Hold hold = granted(budgets.reserve(60, 0, SEARCH)).hold();

    assertThat(hold.grow(30, 0).granted()).isTrue();
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(90L);
    Admission.Growth refused = hold.grow(11, 0);
    assertThat(refused.refusedBy()).extracting(Budget::name).isEqualTo("narrow");
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(90L);

    hold.settle(85, 0);
    assertThat(budgets.list()).extracting(Budget::used).containsOnly(85L);
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
  }

  @Test
  void hasHardUsdBudget_onlyForHardUsdRulesThatMatch() {
    BudgetRule hardUsd =
        rule("h", Map.of("team", "search"), List.of(), Budget.Unit.USD, 1, true, Window.DAY);
    BudgetRule softUsd = rule("s", Map.of(), List.of(), Budget.Unit.USD, 1, false, Window.DAY);

    assertThat(budgets(hardUsd).hasHardUsdBudget(CallKeys.of(SEARCH))).isTrue();
    assertThat(budgets(hardUsd).hasHardUsdBudget(CallKeys.of(Map.of("team", "ads")))).isFalse();
    assertThat(budgets(softUsd, tokens("t", 1, true)).hasHardUsdBudget(CallKeys.of(SEARCH)))
        .isFalse();
  }

  @Test
  void minute_bucketRefillsEvenlyUpToItsLimit() {
    Budgets budgets =
        budgets(rule("m", Map.of(), List.of(), Budget.Unit.TOKENS, 600, true, Window.MINUTE));
    granted(budgets.reserve(600, 0, SEARCH)).hold().settle(600, 0);
    denied(budgets.reserve(1, 0, SEARCH));

    clock.advance(Duration.ofMillis(100));
    granted(budgets.reserve(1, 0, SEARCH)).hold().settle(1, 0);
    denied(budgets.reserve(1, 0, SEARCH));
    assertThat(only(budgets).resetsAt()).isEqualTo(clock.instant().plusSeconds(60));

    clock.advance(Duration.ofHours(5));
    granted(budgets.reserve(600, 0, SEARCH));
    denied(budgets.reserve(1, 0, SEARCH));
  }

  @Test
  void minute_settleAdjustsByTheDifference() {
    Budgets budgets =
        budgets(rule("m", Map.of(), List.of(), Budget.Unit.TOKENS, 600, true, Window.MINUTE));
    Admission.Hold hold = granted(budgets.reserve(500, 0, SEARCH)).hold();
    assertThat(only(budgets).reserved()).isEqualTo(500);

    hold.settle(50, 0);

    assertThat(only(budgets).used()).isEqualTo(50);
    assertThat(only(budgets).remaining()).isEqualTo(550);
    granted(budgets.reserve(550, 0, SEARCH)).hold().settle(800, 0);
    assertThat(only(budgets).remaining()).isEqualTo(-250);
    clock.advance(Duration.ofSeconds(25));
    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofMillis(100));
    granted(budgets.reserve(1, 0, SEARCH));
  }

  @Test
  void minute_lateOverage_isNotForgivenByRefillMeanwhile() {
    Budgets budgets =
        budgets(rule("m", Map.of(), List.of(), Budget.Unit.TOKENS, 600, true, Window.MINUTE));
    Admission.Hold hold = granted(budgets.reserve(10, 0, SEARCH)).hold();
    clock.advance(Duration.ofMinutes(30));

    hold.settle(510, 0);

    assertThat(only(budgets).remaining()).isEqualTo(90);
  }

  @Test
  void minute_hugeLimit_neitherOverflowsNorStalls() {
    long limit = Long.MAX_VALUE;
    Budgets budgets =
        budgets(rule("m", Map.of(), List.of(), Budget.Unit.USD, limit, true, Window.MINUTE));
    for (int i = 0; i < 100; i++) {
      granted(budgets.reserve(0, limit / 2, SEARCH)).hold().settle(0, limit / 2);
      clock.advance(Duration.ofDays(30));
    }
    denied(withSpent(budgets, limit - limit / 8).reserve(0, limit / 4, SEARCH));
  }

  private Budgets withSpent(Budgets budgets, long nanoUsd) {
    granted(budgets.reserve(0, nanoUsd, SEARCH));
    return budgets;
  }

  @Test
  void day_turnsOver_startsAnewAndLateSettleGoesToTheOldRow() {
    Budgets budgets = budgets(tokens("team", 100, true));
    Admission.Hold hold = granted(budgets.reserve(100, 0, SEARCH)).hold();
    denied(budgets.reserve(1, 0, SEARCH));

    clock.advance(Duration.ofHours(12));
    granted(budgets.reserve(40, 0, SEARCH));
    hold.settle(90, 0);

    assertThat(only(budgets).used()).isZero();
    assertThat(only(budgets).reserved()).isEqualTo(40);
    assertThat(only(budgets).resetsAt()).isEqualTo(Instant.parse("2026-11-02T00:00:00Z"));
  }

  @Test
  void clock_stepsBackOverMidnight_doesNotReopenTheOldDay() {
    Budgets budgets = budgets(tokens("team", 100, true));
    clock.set("2026-11-01T00:00:10Z");
    granted(budgets.reserve(100, 0, SEARCH));

    clock.set("2026-10-31T23:59:50Z");

    denied(budgets.reserve(1, 0, SEARCH));
  }

  @Test
  void clock_isSetBackFar_findsTheOldDaySpent() {
    Budgets budgets = budgets(tokens("team", 100, true));
    granted(budgets.reserve(100, 0, SEARCH)).hold().settle(100, 0);
    clock.set("2026-11-01T09:00:00Z");
    granted(budgets.reserve(100, 0, SEARCH));
    ledger.maintain();

    clock.set("2026-10-31T12:00:00Z");

    denied(budgets.reserve(1, 0, SEARCH));
    assertThat(only(budgets).used()).isEqualTo(100);
  }

  @Test
  void clock_isSetBackFar_doesNotStopRefilling() {
    Budgets budgets =
        budgets(rule("m", Map.of(), List.of(), Budget.Unit.TOKENS, 600, true, Window.MINUTE));
    clock.set("2027-10-31T12:00:00Z");
    granted(budgets.reserve(600, 0, SEARCH)).hold().settle(600, 0);

    clock.set("2026-10-31T12:00:00Z");
    denied(budgets.reserve(20, 0, SEARCH));
    clock.advance(Duration.ofSeconds(1));
    granted(budgets.reserve(20, 0, SEARCH));
    clock.advance(Duration.ofSeconds(58));

    granted(budgets.reserve(580, 0, SEARCH));
    assertThat(budgets.list()).hasSize(1);
  }

  @Test
  void clock_isSetBackFar_rollingWindowKeepsWhatWasSpent() {
    Budgets budgets = budgets(tokens("r", 600, Window.rolling(Duration.ofDays(1))));
    granted(budgets.reserve(600, 0, SEARCH)).hold().settle(600, 0);
    clock.advance(Duration.ofHours(-5));

    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofHours(23));
    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofHours(2));
    granted(budgets.reserve(600, 0, SEARCH));
  }

  @Test
  void burst_isWhatABucketHoldsWhenItIsFull() {
    Budgets budgets =
        budgets(
            BudgetRule.named("b")
                .limit(Budget.Unit.TOKENS, 600)
                .burst(1_500)
                .window(Window.MINUTE)
                .build());
    granted(budgets.reserve(1_500, 0, SEARCH)).hold().settle(1_500, 0);
    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofMinutes(1));
    denied(budgets.reserve(601, 0, SEARCH));
    granted(budgets.reserve(600, 0, SEARCH)).hold().settle(600, 0);
    clock.advance(Duration.ofHours(1));
    denied(budgets.reserve(1_501, 0, SEARCH));
    granted(budgets.reserve(1_500, 0, SEARCH));
  }

  @Test
  void rolling_whatLeftTheWindowIsFreeAgain() {
    Budgets budgets = budgets(tokens("r", 100, Window.rolling(Duration.ofDays(1))));
    granted(budgets.reserve(60, 0, SEARCH)).hold().settle(60, 0);
    clock.advance(Duration.ofHours(12));
    granted(budgets.reserve(40, 0, SEARCH)).hold().settle(40, 0);
    denied(budgets.reserve(1, 0, SEARCH));

    clock.advance(Duration.ofHours(12));
    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofHours(1));
    assertThat(only(budgets).used()).isEqualTo(40);
    granted(budgets.reserve(60, 0, SEARCH)).hold().settle(60, 0);
    denied(budgets.reserve(1, 0, SEARCH));
    clock.advance(Duration.ofDays(400));
    assertThat(only(budgets).used()).isZero();
    granted(budgets.reserve(100, 0, SEARCH));
    assertThat(only(budgets).window()).isEqualTo("rolling 1d");
  }

  @Test
  void lifetime_neverComesBack() {
    Budgets budgets = budgets(tokens("l", 100, Window.LIFETIME));
    granted(budgets.reserve(60, 0, SEARCH)).hold().settle(60, 0);
    clock.advance(Duration.ofDays(4_000));
    ledger.maintain();

    denied(budgets.reserve(41, 0, SEARCH));
    assertThat(only(budgets).resetsAt()).isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  @Test
  void list_session_doesNotKeepItAlive() {
    Budgets budgets = budgets(tokens("s", 100, Window.session(Duration.ofHours(2))));
    Map<String, String> one = Map.of("session", "one");
    granted(budgets.reserve(100, 0, one)).hold().settle(100, 0);
    Instant ends = only(budgets).resetsAt();

    clock.advance(Duration.ofMinutes(90));

    assertThat(only(budgets).used()).isEqualTo(100);
    assertThat(only(budgets).resetsAt()).isEqualTo(ends);
  }

  @Test
  void session_eachHasItsOwnUntilItIsIdle() {
    Budgets budgets = budgets(tokens("s", 100, Window.session(Duration.ofHours(2))));
    Map<String, String> one = Map.of("session", "one");
    granted(budgets.reserve(100, 0, one)).hold().settle(100, 0);
    granted(budgets.reserve(100, 0, Map.of("session", "two")));
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofHours(1));
      ledger.maintain();
      denied(budgets.reserve(1, 0, one));
    }

    clock.advance(Duration.ofHours(3));
    ledger.maintain();
    granted(budgets.reserve(100, 0, one));
  }

  @Test
  void replaceRules_changedLimit_keepsWhatWasSpent() {
    Budgets budgets = budgets(tokens("team", 100, true));
    Admission.Hold hold = granted(budgets.reserve(90, 0, SEARCH)).hold();

    budgets.replaceRules(List.of(tokens("team", 200, true)));
    hold.settle(80, 0);

    assertThat(only(budgets).used()).isEqualTo(80);
    assertThat(only(budgets).remaining()).isEqualTo(120);
    budgets.replaceRules(List.of());
    granted(budgets.reserve(1_000, 0, SEARCH));
    assertThat(budgets.list()).isEmpty();
    budgets.replaceRules(List.of(tokens("team", 50, true)));
    denied(budgets.reserve(1, 0, SEARCH));
  }

  @Test
  void reserve_moreBudgetsThanASlotHasEntries_holdsThemAll() {
    BudgetRule[] rules = new BudgetRule[25];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = tokens("b" + i, 100 + i, true);
    }
    Budgets budgets = budgets(rules);

    Admission.Hold hold = granted(budgets.reserve(60, 0, SEARCH)).hold();
    assertThat(denied(budgets.reserve(41, 0, SEARCH)).budget().name()).isEqualTo("b0");
    assertThat(budgets.list()).hasSize(25).extracting(Budget::reserved).containsOnly(60L);
    hold.settle(7, 0);

    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(budgets.list()).extracting(Budget::used).containsOnly(7L);
  }

  private Budgets budgets(BudgetRule... rules) {
    return new Budgets(List.of(rules), ledger, clock);
  }

  private static Budget only(Budgets budgets) {
    assertThat(budgets.list()).hasSize(1);
    return budgets.list().get(0);
  }

  static Admission.Granted granted(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    return (Admission.Granted) admission;
  }

  static Admission.Denied denied(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Denied.class);
    return (Admission.Denied) admission;
  }

  private static BudgetRule tokens(String name, long limit, Window window) {
    return rule(name, Map.of(), List.of(), Budget.Unit.TOKENS, limit, true, window);
  }

  private static BudgetRule tokens(String name, long limit, boolean hard) {
    return rule(name, Map.of(), List.of(), Budget.Unit.TOKENS, limit, hard, Window.DAY);
  }

  private static BudgetRule rule(
      String name,
      Map<String, String> match,
      List<String> per,
      Budget.Unit unit,
      long limit,
      boolean hard) {
    return rule(name, match, per, unit, limit, hard, Window.DAY);
  }

  private static BudgetRule rule(
      String name,
      Map<String, String> match,
      List<String> per,
      Budget.Unit unit,
      long limit,
      boolean hard,
      Window window) {
    ZoneId zone = ZoneOffset.UTC;
    return BudgetRule.named(name)
        .match(match)
        .per(per)
        .limit(unit, limit)
        .window(window)
        .zone(zone)
        .hard(hard)
        .build();
  }
}
