package io.tokenmeter.engine.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.alerts.BudgetAlert.ThresholdCrossed;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.Allowances;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.LimitOverride;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AlertWatchTest {
  private static final List<Integer> USUAL = List.of(50, 80, 95, 100);

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");
  private final List<String> told = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  private static BudgetRule.Builder rule() {
    return BudgetRule.named("team")
        .limit(Budget.Unit.TOKENS, 1000)
        .window(Window.DAY)
        .thresholds(USUAL);
  }

  private AlertWatch watch(Budgets budgets, Ledger ledger) {
    return new AlertWatch(
        budgets, ledger, Duration.ofDays(7), clock, () -> 0, (where, fault) -> faults.add(where));
  }

  private AlertListener listener(String name) {
    return alert ->
        told.add(
            alert instanceof ThresholdCrossed crossed
                ? name + " " + crossed.budget().scope() + crossed.percent()
                : name + " expiring");
  }

  private static void spend(Budgets budgets, long tokens, Map<String, String> keys) {
    ((Admission.Granted) budgets.reserve(tokens, 0, keys)).hold().settle(tokens, 0);
  }

  private static void spend(Budgets budgets, long tokens) {
    spend(budgets, tokens, Map.of());
  }

  private List<String> told() {
    List<String> all = List.copyOf(told);
    told.clear();
    return all;
  }

  @Test
  void look_spendGrows_eachThresholdOnceInAWindow() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));

    spend(budgets, 499);
    watch.look();
    assertThat(told()).isEmpty();
    spend(budgets, 1);
    watch.look();
    watch.look();
    assertThat(told()).containsExactly("log 50");
    spend(budgets, 460);
    watch.look();
    assertThat(told()).containsExactly("log 80", "log 95");
    spend(budgets, 40);
    watch.look();
    watch.look();
    assertThat(told()).containsExactly("log 100");

    clock.advance(Duration.ofDays(1));
    watch.look();
    assertThat(told()).isEmpty();
    spend(budgets, 500);
    watch.look();
    assertThat(told()).as("a new window").containsExactly("log 50");
  }

  @Test
  void look_whatIsOnlyHeld_isNotSpent() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    Admission.Granted held = (Admission.Granted) budgets.reserve(1000, 0, Map.of());
    watch.look();
    assertThat(told()).isEmpty();
    held.hold().settle(100, 0);
    watch.look();
    assertThat(told()).isEmpty();
  }

  @Test
  void look_crossedInTheLastMomentOfAWindow_isToldAfterwards() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    clock.set("2026-11-25T23:59:59Z");
    spend(budgets, 600);
    clock.set("2026-11-26T00:00:01Z");
    watch.look();
    assertThat(told()).containsExactly("log 50");
  }

  @Test
  void look_twoProcessesAndARestart_tellOnceOverEachChannel() throws Exception {
    try (Ledger one = Ledger.open(home, clock);
        Ledger two = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(rule().build()), one, clock);
      AlertWatch first = watch(budgets, one);
      AlertWatch second = watch(new Budgets(List.of(rule().build()), two, clock), two);
      first.add(AlertChannel.LOG, listener("first log"));
      second.add(AlertChannel.LOG, listener("second log"));
      second.add(AlertChannel.WEBHOOK, listener("second webhook"));
      spend(budgets, 700);
      first.look();
      second.look();
      first.look();
      assertThat(told()).containsExactly("first log 50", "second webhook 50");
    }
    try (Ledger again = Ledger.open(home, clock)) {
      AlertWatch restarted = watch(new Budgets(List.of(rule().build()), again, clock), again);
      restarted.add(AlertChannel.LOG, listener("log"));
      restarted.look();
      assertThat(told()).isEmpty();
    }
  }

  /**
   * The second one looks, and tells, between the first one's reading of the mark and raising it.
   */
  @Test
  void look_anotherProcessMarksInBetween_isToldOnce() {
    Runnable[] atSecondGlance = {() -> {}};
    int[] glances = {0};
    InstantSource interrupted =
        () -> {
          if (++glances[0] == 2) {
            atSecondGlance[0].run();
          }
          return clock.instant();
        };
    Ledger ledger = Ledger.inMemory(interrupted);
    BudgetRule rule = rule().window(Window.rolling(Duration.ofDays(1))).build();
    Budgets budgets = new Budgets(List.of(rule), ledger, interrupted);
    spend(budgets, 500);
    AlertWatch first = watch(budgets, ledger);
    AlertWatch second = watch(budgets, ledger);
    first.add(AlertChannel.LOG, listener("first"));
    second.add(AlertChannel.LOG, listener("second"));
    atSecondGlance[0] = second::look;
    glances[0] = 0;
    first.look();
    assertThat(told()).containsExactly("second 50");
  }

  @Test
  void look_listenerThatIsNotReady_leavesTheAlertToOthers() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    boolean[] ready = {false};
    AlertListener inner = listener("telemetry");
    watch.add(
        AlertChannel.TELEMETRY,
        new AlertListener() {
          @Override
          public boolean isReady() {
            return ready[0];
          }

          @Override
          public void alert(BudgetAlert alert) {
            inner.alert(alert);
          }
        });
    spend(budgets, 700);
    watch.look();
    assertThat(told()).isEmpty();
    ready[0] = true;
    watch.look();
    assertThat(told()).containsExactly("telemetry 50");
  }

  @Test
  void look_noRoomForMore_theRestIsToldLaterAndNotLost() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().per(List.of("user")).build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    AlertListener inner = listener("webhook");
    int[] room = {1};
    watch.add(
        AlertChannel.WEBHOOK,
        new AlertListener() {
          @Override
          public boolean isReady() {
            return room[0] > 0;
          }

          @Override
          public void alert(BudgetAlert alert) {
            room[0]--;
            inner.alert(alert);
          }
        });
    spend(budgets, 500, Map.of("user", "ann"));
    spend(budgets, 500, Map.of("user", "bob"));
    watch.look();
    watch.look();
    List<String> first = told();
    assertThat(first).hasSize(1);
    room[0] = 1;
    watch.look();
    assertThat(told()).hasSize(1).doesNotContainAnyElementsOf(first);
  }

  @Test
  void look_listenerThrows_othersAreToldAndItIsCounted() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(
        AlertChannel.LISTENER,
        alert -> {
          throw new IllegalStateException();
        });
    watch.add(AlertChannel.LISTENER, listener("other"));
    spend(budgets, 500);
    watch.look();
    assertThat(told()).containsExactly("other 50");
    assertThat(faults).containsExactly("AlertListener.alert");
  }

  @Test
  void look_splitRule_everyRowHasItsOwn() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().per(List.of("user")).build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    spend(budgets, 500, Map.of("user", "ann"));
    spend(budgets, 800, Map.of("user", "bob"));
    watch.look();
    assertThat(told())
        .containsExactlyInAnyOrder("log user=ann50", "log user=bob50", "log user=bob80");
  }

  @Test
  void look_overrideRaisesTheLimit_thresholdsGoByIt() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    budgets.follow(
        () ->
            new Allowances(
                List.of(
                    new LimitOverride(
                        "o",
                        "team",
                        Map.of(),
                        Budget.Unit.TOKENS,
                        1000,
                        Instant.EPOCH,
                        Instant.parse("2026-11-25T13:00:00Z"))),
                List.of()));
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    spend(budgets, 900);
    watch.look();
    assertThat(told()).isEmpty();
    clock.set("2026-11-25T13:00:00Z");
    watch.look();
    assertThat(told()).containsExactly("log 50", "log 80");
  }

  @Test
  void look_limitIsRaisedWhenThresholdsWereTold_thoseOfTheNewLimitAreTold() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().build()), ledger, clock);
    boolean[] approved = {false};
    LimitOverride override =
        new LimitOverride(
            "o",
            "team",
            Map.of(),
            Budget.Unit.TOKENS,
            1000,
            Instant.EPOCH,
            Instant.parse("2026-11-25T13:00:00Z"));
    budgets.follow(() -> new Allowances(approved[0] ? List.of(override) : List.of(), List.of()));
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    watch.add(AlertChannel.WEBHOOK, listener("webhook"));
    spend(budgets, 1000);
    watch.look();
    assertThat(told()).hasSize(8).contains("log 100", "webhook 100");

    approved[0] = true;
    ledger.audited(1);
    watch.look();
    watch.look();
    assertThat(told()).as("half of the new limit was told").isEmpty();
    spend(budgets, 900);
    watch.look();
    watch.look();
    assertThat(told()).containsExactly("log 80", "log 95", "webhook 80", "webhook 95");

    clock.set("2026-11-25T13:00:00Z");
    watch.look();
    watch.look();
    assertThat(told()).as("it refuses from now on").containsExactly("log 100", "webhook 100");
  }

  @Test
  void look_bucketRecovers_tellsAgainOnceItIsHalfWayBack() {
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(List.of(rule().window(Window.MINUTE).build()), ledger, clock);
    AlertWatch watch = watch(budgets, ledger);
    watch.add(AlertChannel.LOG, listener("log"));
    spend(budgets, 850);
    watch.look();
    assertThat(told()).containsExactly("log 50", "log 80");

    clock.advance(Duration.ofSeconds(6)); // down to 750
    watch.look();
    spend(budgets, 100);
    watch.look();
    assertThat(told()).as("it only wavered").isEmpty();

    clock.advance(Duration.ofSeconds(30)); // down to 350: less than half of 80 %
    watch.look();
    assertThat(told()).isEmpty();
    spend(budgets, 500);
    watch.look();
    assertThat(told()).containsExactly("log 80");

    clock.advance(Duration.ofSeconds(60));
    watch.look();
    spend(budgets, 600);
    watch.look();
    assertThat(told()).containsExactly("log 50");
  }

  @Test
  void look_grantExpiresSoon_isToldOnceIfSomethingIsLeft() throws Exception {
    Grant grant =
        new Grant(
            "promo",
            "team",
            Map.of(),
            Budget.Unit.TOKENS,
            50,
            clock.instant(),
            clock.instant().plus(Duration.ofDays(30)),
            0,
            0);
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(List.of(rule().grants(List.of(grant)).build()), ledger, clock);
      AlertWatch watch = watch(budgets, ledger);
      watch.add(AlertChannel.LOG, listener("log"));
      watch.look();
      clock.advance(Duration.ofDays(23).minusSeconds(1));
      watch.look();
      assertThat(told()).isEmpty();
      clock.advance(Duration.ofSeconds(1));
      watch.look();
      watch.look();
      assertThat(told()).containsExactly("log expiring");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 80, 800",
    "999, 80, 800",
    "1, 50, 1",
    "3, 50, 2",
    "9223372036854775807, 100, 9223372036854775807",
    "9223372036854775807, 50, 4611686018427387904",
    "9223372036854775807, 255, 9223372036854775807"
  })
  void amountAt_isTheSmallestThatIsAtLeastTheShare(long limit, int percent, long expected) {
    assertThat(AlertWatch.amountAt(limit, percent)).isEqualTo(expected);
  }
}
