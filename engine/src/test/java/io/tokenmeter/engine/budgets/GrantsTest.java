package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The limit is 100 tokens a month, and it is the 25th of November. */
final class GrantsTest {
  private static final Instant NEVER = Instant.MAX;
  private static final Instant TOMORROW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);

  private Grant grant(String id, long amount, Instant expires, int priority) {
    return new Grant(
        id, "team", Map.of(), Budget.Unit.TOKENS, amount, clock.instant(), expires, priority, 0);
  }

  private static BudgetRule.Builder rule(Grant... grants) {
    return BudgetRule.named("team")
        .limit(Budget.Unit.TOKENS, 100)
        .window(Window.MONTH)
        .grants(List.of(grants));
  }

  private Budgets budgets(Grant... grants) {
    return new Budgets(List.of(rule(grants).build()), ledger, clock);
  }

  private static Admission.Hold hold(Budgets budgets, long tokens) {
    return hold(budgets, tokens, Map.of());
  }

  private static Admission.Hold hold(Budgets budgets, long tokens, Map<String, String> keys) {
    Admission admission = budgets.reserve(tokens, 0, keys);
    assertThat(admission).isInstanceOf(Admission.Granted.class);
    return ((Admission.Granted) admission).hold();
  }

  private static Admission.Denied denied(Budgets budgets, long tokens) {
    Admission admission = budgets.reserve(tokens, 0, Map.of());
    assertThat(admission).isInstanceOf(Admission.Denied.class);
    return (Admission.Denied) admission;
  }

  /** What was settled on the limit, then on each grant by its id. */
  private static String settled(Budgets budgets) {
    return "limit " + budgets.list().get(0).used() + grants(budgets, GrantState::settled);
  }

  private static String heldOf(Budgets budgets) {
    return "limit " + budgets.list().get(0).reserved() + grants(budgets, GrantState::held);
  }

  private static String grants(
      Budgets budgets, java.util.function.ToLongFunction<GrantState> amount) {
    StringBuilder text = new StringBuilder();
    for (GrantState state : budgets.grants()) {
      text.append(", ").append(state.grant().id()).append(' ').append(amount.applyAsLong(state));
    }
    return text.toString();
  }

  @Test
  void settle_grantsThatOutliveTheWindow_payAfterTheLimitByExpiry() {
    Budgets budgets = budgets(grant("late", 50, NEVER, 0), grant("soon", 50, JANUARY, 0));
    hold(budgets, 130).settle(130, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, soon 30, late 0");
    hold(budgets, 60).settle(60, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, soon 50, late 40");
    assertThat(denied(budgets, 11).budget().remaining()).isEqualTo(10);
  }

  @Test
  void settle_grantThatExpiresWithinTheWindow_paysBeforeTheLimit() {
    Budgets budgets = budgets(grant("lapsing", 50, TOMORROW, 0));
    hold(budgets, 70).settle(70, 0);
    assertThat(settled(budgets)).isEqualTo("limit 20, lapsing 50");
  }

  @Test
  void settle_negativeAmount_isRejectedAndTheHoldStays() {
    Budgets budgets = budgets(grant("late", 50, NEVER, 0));
    hold(budgets, 20).settle(20, 0);
    Admission.Hold hold = hold(budgets, 60);

    assertThatThrownBy(() -> hold.settle(-20, 0)).isInstanceOf(IllegalArgumentException.class);

    assertThat(heldOf(budgets)).isEqualTo("limit 60, late 0");
    hold.settle(10, 0);
    assertThat(settled(budgets)).isEqualTo("limit 30, late 0");
    assertThat(heldOf(budgets)).isEqualTo("limit 0, late 0");
  }

  @Test
  void settle_priorities_comeBeforeExpiry() {
    Budgets budgets =
        budgets(
            grant("last", 50, TOMORROW, 5),
            grant("first", 50, NEVER, -1),
            grant("second", 50, NEVER, -1));
    hold(budgets, 80).settle(80, 0);
    assertThat(settled(budgets)).isEqualTo("limit 0, first 50, second 30, last 0");
    hold(budgets, 140).settle(140, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, first 50, second 50, last 20");
  }

  @Test
  void settle_lessThanHeld_fillsInTheOrderOfPaying() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    Admission.Hold hold = hold(budgets, 150);
    assertThat(heldOf(budgets)).isEqualTo("limit 100, promo 50");
    denied(budgets, 1);
    hold.settle(110, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, promo 10");
    assertThat(heldOf(budgets)).isEqualTo("limit 0, promo 0");
  }

  @Test
  void release_splitHold_givesEverythingBack() {
    Budgets budgets = budgets(grant("promo", 50, TOMORROW, 0));
    hold(budgets, 150).release();
    assertThat(heldOf(budgets)).isEqualTo("limit 0, promo 0");
    assertThat(settled(budgets)).isEqualTo("limit 0, promo 0");
    hold(budgets, 150).release();
  }

  @Test
  void settle_moreThanHeld_isDebtThatTheGrantsDoNotHide() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    hold(budgets, 90).settle(130, 0);
    assertThat(settled(budgets)).isEqualTo("limit 130, promo 0");
    assertThat(denied(budgets, 21).budget().remaining()).isEqualTo(20);
    hold(budgets, 20).settle(20, 0);
    assertThat(settled(budgets)).isEqualTo("limit 130, promo 20");
    denied(budgets, 1);
  }

  @Test
  void settle_grantExpiredMeanwhile_theCallKeepsIt() {
    Budgets budgets = budgets(grant("lapsing", 50, TOMORROW, 0));
    Admission.Hold hold = hold(budgets, 50);
    Grant lapsing = budgets.grants().get(0).grant();
    clock.advance(Duration.ofHours(25));
    assertThat(budgets.grants()).isEmpty();
    hold.settle(45, 0);
    assertThat(budgets.list().get(0).used()).isZero();
    assertThat(budgets.state(lapsing).settled()).isEqualTo(45);
    denied(budgets, 101);
    hold(budgets, 100).release();
  }

  @Test
  void reserve_grantNotYetEffective_doesNotPay() {
    Grant later =
        new Grant("later", "team", Map.of(), Budget.Unit.TOKENS, 50, TOMORROW, JANUARY, 0, 0);
    Budgets budgets = budgets(later);
    denied(budgets, 101);
    clock.set(TOMORROW.toString());
    hold(budgets, 150).release();
  }

  @Test
  void reserve_newWindow_grantGoesOnWhereItWas() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    hold(budgets, 130).settle(130, 0);
    clock.set("2026-12-02T00:00:00Z");
    assertThat(settled(budgets)).isEqualTo("limit 0, promo 30");
    hold(budgets, 120).settle(120, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, promo 50");
  }

  @Test
  void reserve_splitRule_ownGrantOfOneAndOnePoolForAll() {
    Grant own =
        new Grant(
            "own",
            "team",
            Map.of("user", "ann"),
            Budget.Unit.TOKENS,
            10,
            clock.instant(),
            NEVER,
            0,
            0);
    Budgets budgets =
        new Budgets(
            List.of(rule(own, grant("pool", 30, NEVER, 1)).per(List.of("user")).build()),
            ledger,
            clock);
    hold(budgets, 120, Map.of("user", "bob")).settle(120, 0);
    hold(budgets, 120, Map.of("user", "ann")).settle(120, 0);
    assertThat(grants(budgets, GrantState::settled)).isEqualTo(", own 10, pool 30");
    assertThat(budgets.reserve(1, 0, Map.of("user", "ann"))).isInstanceOf(Admission.Denied.class);
    hold(budgets, 100, Map.of("user", "eve")).release();
  }

  @Test
  void reserve_observingBudget_isExceededOnlyWhenTheGrantsAreGoneToo() {
    Budgets budgets =
        new Budgets(List.of(rule(grant("promo", 50, NEVER, 0)).hard(false).build()), ledger, clock);
    assertThat(((Admission.Granted) budgets.reserve(150, 0, Map.of())).exceeded()).isEmpty();
    Admission.Granted beyond = (Admission.Granted) budgets.reserve(5, 0, Map.of());
    assertThat(beyond.exceeded()).hasSize(1);
    beyond.hold().settle(5, 0);
    assertThat(budgets.list().get(0).used()).isEqualTo(5);
  }

  @Test
  void grow_beyondTheLimit_drawsOnTheGrantsAndSettlesThere() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    Admission.Hold hold = hold(budgets, 90);
    assertThat(hold.grow(30, 0).granted()).isTrue();
    assertThat(heldOf(budgets)).isEqualTo("limit 100, promo 20");
    assertThat(hold.grow(31, 0).granted()).isFalse();
    assertThat(hold.grow(30, 0).granted()).isTrue();
    hold.settle(125, 0);
    assertThat(settled(budgets)).isEqualTo("limit 100, promo 25");
    assertThat(heldOf(budgets)).isEqualTo("limit 0, promo 0");
  }

  @Test
  void grow_overrideSinceTheCallBegan_isForItToo() {
    Budgets budgets = budgets();
    Admission.Hold hold = hold(budgets, 90);
    assertThat(hold.grow(30, 0).granted()).isFalse();

    LimitOverride more =
        new LimitOverride(
            "1",
            "team",
            Map.of(),
            Budget.Unit.TOKENS,
            20,
            clock.instant(),
            clock.instant().plus(Duration.ofHours(1)));
    budgets.follow(() -> new Allowances(List.of(more), List.of()));

    assertThat(hold.grow(30, 0).granted()).isTrue();
    assertThat(hold.grow(1, 0).granted()).isFalse();
  }

  @Test
  void grow_limitChangedSinceTheCallBegan_isForItToo() {
    Budgets budgets = budgets();
    Admission.Hold hold = hold(budgets, 90);
    BudgetRule higher =
        BudgetRule.named("team").limit(Budget.Unit.TOKENS, 120).window(Window.MONTH).build();
    budgets.replaceRules(List.of(higher));
    assertThat(hold.grow(30, 0).granted()).isTrue();

    budgets.replaceRules(List.of(rule().build()));
    assertThat(hold.grow(1, 0).granted()).isFalse();
  }

  @Test
  void grow_budgetRemovedSinceTheCallBegan_doesNotBindItAndKeepsItsHistory() {
    Budgets budgets = budgets();
    Admission.Hold hold = hold(budgets, 90);
    budgets.replaceRules(List.of());
    assertThat(hold.grow(30, 0).granted()).isTrue();
    hold.settle(115, 0);

    budgets.replaceRules(List.of(rule().build()));
    assertThat(settled(budgets)).isEqualTo("limit 115");
  }

  @Test
  void settle_zeroHold_chargesTheLimit() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    budgets.watch(CallKeys.of(Map.of())).settle(7, 0);
    assertThat(settled(budgets)).isEqualTo("limit 7, promo 0");
  }

  @Test
  void replaceRules_grantGetsMore_whatWasSpentOfItStays() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    hold(budgets, 150).settle(150, 0);
    budgets.replaceRules(List.of(rule(grant("promo", 80, JANUARY, 0)).window(Window.DAY).build()));
    assertThat(budgets.grants()).extracting(GrantState::left).containsExactly(30L);
  }

  /** What was spent of it beyond is a debt, and no overflow makes a fortune of it. */
  @Test
  void shortfalls_grantReducedBelowWhatItPaid_noWaitingHelps() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    hold(budgets, 150).settle(150, 0);
    budgets.replaceRules(List.of(rule(grant("promo", 20, JANUARY, 0)).build()));

    Shortfall shortfall = only(budgets.shortfalls(1, 0, 1, CallKeys.of(Map.of())));

    assertThat(shortfall.budget().remaining()).isEqualTo(-30);
    assertThat(shortfall.mayPass(Duration.ofHours(1), clock.millis())).isFalse();
    assertThat(shortfall.mayPass(Duration.ofDays(7), clock.millis())).as("December").isTrue();
  }

  @Test
  void shortfalls_everythingIsHeld_itMayAllComeBack() {
    Budgets budgets = budgets(grant("promo", 50, JANUARY, 0));
    hold(budgets, 150);

    Shortfall shortfall = only(budgets.shortfalls(150, 0, 1, CallKeys.of(Map.of())));

    assertThat(shortfall.budget().remaining()).isZero();
    assertThat(shortfall.mayPass(Duration.ofSeconds(1), clock.millis())).isTrue();
    assertThat(only(budgets.shortfalls(151, 0, 1, CallKeys.of(Map.of()))))
        .matches(more -> !more.mayPass(Duration.ofSeconds(1), clock.millis()));
  }

  /** Of an endless limit and an endless grant there is no less than of either. */
  @Test
  void reserve_sumsBeyondALong_areNoDebt() {
    Budgets budgets =
        budgets(grant("a", Long.MAX_VALUE, JANUARY, 0), grant("b", Long.MAX_VALUE, JANUARY, 0));

    assertThat(budgets.list().get(0).remaining()).isEqualTo(Long.MAX_VALUE);
    hold(budgets, 1000).settle(1000, 0);
    assertThat(budgets.list().get(0).remaining()).isPositive();
    assertThat(budgets.shortfalls(1000, 0, 1, CallKeys.of(Map.of()))).isEmpty();
  }

  /** A label has 120 bytes; whom a grant is for may have more. */
  @Test
  void shortfalls_nameLongerThanALabel_seesTheGrantBeforeTheRowExists() {
    Map<String, String> ann = Map.of("user", "ann".repeat(60));
    Grant own = new Grant("own", "team", ann, Budget.Unit.TOKENS, 50, clock.instant(), NEVER, 0, 0);
    Budgets budgets = new Budgets(List.of(rule(own).per(List.of("user")).build()), ledger, clock);

    Shortfall shortfall = only(budgets.shortfalls(200, 0, 1, CallKeys.of(ann)));

    assertThat(shortfall.budget().remaining()).isEqualTo(150);
    assertThat(budgets.shortfalls(150, 0, 1, CallKeys.of(ann))).isEmpty();
  }

  private static Shortfall only(List<Shortfall> shortfalls) {
    assertThat(shortfalls).hasSize(1);
    return shortfalls.get(0);
  }

  @Test
  void maintain_processDiedWithASplitHold_givesAllOfItBack(@TempDir Path home) throws Exception {
    Grant promo = grant("promo", 50, JANUARY, 0);
    Ledger dying = Ledger.open(home, clock);
    hold(new Budgets(List.of(rule(promo).build()), dying, clock), 120);
    dying.close();
    try (Ledger next = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(rule(promo).build()), next, clock);
      assertThat(heldOf(budgets)).isEqualTo("limit 0, promo 0");
      hold(budgets, 150).release();
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 20);
  }

  /** Nothing is spent twice, nothing is lost, whoever draws at once. */
  @ParameterizedTest
  @MethodSource("seeds")
  void reserve_manyThreads_neverSpendMoreThanLimitAndGrants(int seed) throws Exception {
    Budgets budgets =
        budgets(grant("a", 37, NEVER, -1), grant("b", 61, JANUARY, 0), grant("c", 50, TOMORROW, 0));
    long all = 100 + 37 + 61 + 50;
    AtomicLong spent = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<java.util.concurrent.Future<?>> done = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      Random random = new Random(seed * 31L + t);
      done.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 60; i++) {
                  long amount = 1 + random.nextInt(12);
                  if (budgets.reserve(amount, 0, Map.of()) instanceof Admission.Granted granted) {
                    long used = random.nextInt((int) amount + 1);
                    granted.hold().settle(used, 0);
                    spent.addAndGet(used);
                  }
                }
              }));
    }
    for (java.util.concurrent.Future<?> thread : done) {
      thread.get(1, TimeUnit.MINUTES);
    }
    threads.shutdown();
    long settled =
        budgets.list().get(0).used()
            + budgets.grants().stream().mapToLong(GrantState::settled).sum();
    assertThat(settled).isEqualTo(spent.get()).isLessThanOrEqualTo(all);
    assertThat(heldOf(budgets)).isEqualTo("limit 0, a 0, c 0, b 0");
    for (GrantState state : budgets.grants()) {
      assertThat(state.settled()).isLessThanOrEqualTo(state.grant().amount());
    }
    long left = all - settled;
    hold(budgets, left).release();
    denied(budgets, left + 1);
  }
}
