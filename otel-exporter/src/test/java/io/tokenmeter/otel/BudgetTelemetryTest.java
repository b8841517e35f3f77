package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.Decision;
import io.tokenmeter.engine.Intervention;
import io.tokenmeter.engine.alerts.BudgetAlert;
import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BudgetTelemetryTest {
  private static final Instant RESET = Instant.ofEpochSecond(1_800_000_000L);

  private final TestTelemetry telemetry =
      new TestTelemetry(
          TestTelemetry.SETTINGS,
          rule("search-usd", Map.of("team", "search"), Budget.Unit.USD),
          rule("gpt-tokens", Map.of("model", "gpt-*"), Budget.Unit.TOKENS),
          rule("ads-usd", Map.of("team", "ads"), Budget.Unit.USD));

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void counters_beforeAnyCall_areZeroForEveryBudget() {
    assertThat(telemetry.points("tokenmeter.budget.decisions")).hasSize(9).containsValue(0.0);
    assertThat(telemetry.points("tokenmeter.budget.spend"))
        .containsOnly(
            entry("budget=search-usd unit=usd", 0.0),
            entry("budget=gpt-tokens unit=tokens", 0.0),
            entry("budget=ads-usd unit=usd", 0.0));
  }

  @Test
  void alert_thresholdCrossed_isAnEventOutsideOfTraces() {
    telemetry.listener.alert(
        new BudgetAlert.ThresholdCrossed(
            new Budget(
                "search-usd",
                "team=search,user=ann",
                Budget.Unit.USD,
                true,
                "month",
                50_000_000_000L,
                40_000_000_000L,
                0,
                10_000_000_000L,
                RESET),
            80,
            "block",
            Instant.ofEpochSecond(1_790_000_000L)));

    LogRecordData event = telemetry.event();
    assertThat(event.getEventName()).isEqualTo("tokenmeter.budget.threshold");
    assertThat(event.getSeverity()).isEqualTo(Severity.WARN);
    assertThat(event.getSpanContext().isValid()).isFalse();
    assertThat(event.getBodyValue().asString())
        .startsWith("budget 'search-usd' (team=search,user=ann) has used 80 % of its 50 USD");
    assertThat(TestTelemetry.text(event.getAttributes()))
        .isEqualTo(
            "tokenmeter.budget.limit=50.0"
                + " tokenmeter.budget.scope=team=search,user=ann tokenmeter.budget.threshold=80"
                + " tokenmeter.budget.unit=usd tokenmeter.budget.used=40.0"
                + " tokenmeter.budget.window=month tokenmeter.budget=search-usd");
  }

  @Test
  void alert_grantExpires_isAnEvent() {
    telemetry.listener.alert(
        new BudgetAlert.GrantExpiring(
            new Grant(
                "promo",
                "search-usd",
                Map.of(),
                Budget.Unit.USD,
                5_000_000_000L,
                Instant.EPOCH,
                RESET,
                0,
                0),
            2_000_000_000L,
            Instant.ofEpochSecond(1_790_000_000L)));

    assertThat(telemetry.event().getEventName()).isEqualTo("tokenmeter.grant.expiring");
    assertThat(TestTelemetry.text(telemetry.event().getAttributes()))
        .isEqualTo(
            "tokenmeter.budget.unit=usd tokenmeter.budget=search-usd"
                + " tokenmeter.grant.expires=1800000000 tokenmeter.grant.left=2.0"
                + " tokenmeter.grant=promo");
  }

  @Test
  void spend_settledCall_isAddedToEveryMatchingBudgetInItsUnit() {
    telemetry.record(TestCall.chat()).record(TestCall.chat());

    assertThat(telemetry.points("tokenmeter.budget.spend"))
        .containsOnly(
            entry("budget=search-usd unit=usd", 0.025),
            entry("budget=gpt-tokens unit=tokens", 340.0),
            entry("budget=ads-usd unit=usd", 0.0));
  }

  @Test
  void spend_unknownUsageAndCost_addsNothing() {
    telemetry.record(TestCall.chat().usage(null).cost(null));

    assertThat(telemetry.points("tokenmeter.budget.spend").values()).containsOnly(0.0);
  }

  @Test
  void decisions_admittedObservedRefused_areAllowWarnDeny() {
    telemetry
        .record(TestCall.chat())
        .record(TestCall.chat().observedBy("gpt-tokens"))
        .record(TestCall.refusedBy("search-usd"))
        .record(TestCall.chat().unmetered());

    assertThat(telemetry.points("tokenmeter.budget.decisions"))
        .contains(
            entry("budget=search-usd decision=allow", 2.0),
            entry("budget=search-usd decision=deny", 1.0),
            entry("budget=search-usd decision=warn", 0.0),
            entry("budget=gpt-tokens decision=allow", 1.0),
            entry("budget=gpt-tokens decision=warn", 1.0),
            entry("budget=gpt-tokens decision=deny", 0.0),
            entry("budget=ads-usd decision=allow", 0.0));
  }

  @Test
  void decisions_ofBudgetsThatAct_haveTheActionsNameAndTheRestIsAllow() {
    telemetry
        .record(decided(Decision.THROTTLED, "search-usd"))
        .record(decided(Decision.GIVEN_UP, "search-usd"))
        .record(decided(Decision.SHRUNK, "search-usd"))
        .record(decided(Decision.CUT_OFF, "gpt-tokens"))
        .record(decided(Decision.APPROVAL_REQUIRED, "search-usd"));

    assertThat(telemetry.points("tokenmeter.budget.decisions"))
        .contains(
            entry("budget=search-usd decision=throttle", 2.0),
            entry("budget=search-usd decision=shrink", 1.0),
            entry("budget=search-usd decision=require_approval", 1.0),
            entry("budget=search-usd decision=allow", 1.0),
            entry("budget=gpt-tokens decision=cutoff", 1.0),
            entry("budget=gpt-tokens decision=allow", 2.0));
  }

  @Test
  void decisions_downgrade_isOfTheBudgetThatActedAndTheSpendOfTheModelThatWasSent() {
    telemetry.record(
        TestCall.chat()
            .decided(
                Decision.DOWNGRADED,
                "gpt-tokens",
                new Intervention("o4-mini", null, Duration.ZERO)));

    assertThat(telemetry.points("tokenmeter.budget.decisions"))
        .contains(
            entry("budget=gpt-tokens decision=downgrade", 1.0),
            entry("budget=gpt-tokens decision=allow", 0.0),
            entry("budget=search-usd decision=allow", 1.0));
    assertThat(telemetry.points("tokenmeter.budget.spend"))
        .contains(entry("budget=gpt-tokens unit=tokens", 0.0));
  }

  @Test
  void counters_ofARuleWithAnAction_startAtZeroWithItsName() {
    try (TestTelemetry acting =
        new TestTelemetry(
            TestTelemetry.SETTINGS,
            BudgetRule.named("b")
                .limit(Budget.Unit.USD, 1)
                .window(Window.DAY)
                .action(new Action.Shrink(1))
                .cutoff(true)
                .build())) {
      assertThat(acting.points("tokenmeter.budget.decisions"))
          .contains(entry("budget=b decision=shrink", 0.0), entry("budget=b decision=cutoff", 0.0));
    }
  }

  private static TestCall decided(Decision decision, String budget) {
    return TestCall.chat().decided(decision, budget, Intervention.NONE);
  }

  @Test
  void gauges_usdRow_areInDollarsWithScopeWindowAndAuthority() {
    telemetry.budgets.add(
        new Budget(
            "search-usd",
            "team=search",
            Budget.Unit.USD,
            true,
            "month",
            5_000_000_000L,
            1_500_000_000L,
            250_000_000L,
            3_250_000_000L,
            RESET));

    String row = "authority=local budget=search-usd scope=team=search unit=usd window=month";
    assertThat(telemetry.points("tokenmeter.budget.limit")).containsOnly(entry(row, 5.0));
    assertThat(telemetry.points("tokenmeter.budget.used")).containsOnly(entry(row, 1.5));
    assertThat(telemetry.points("tokenmeter.budget.reserved")).containsOnly(entry(row, 0.25));
    assertThat(telemetry.points("tokenmeter.budget.remaining")).containsOnly(entry(row, 3.25));
    assertThat(telemetry.points("tokenmeter.budget.reset_time")).containsOnly(entry(row, 1.8e9));
  }

  @Test
  void gauges_overspentTokenRow_remainingIsNegative() {
    telemetry.budgets.add(tokenRow("gpt-tokens", "", 100, 130, RESET));

    assertThat(telemetry.points("tokenmeter.budget.remaining"))
        .containsOnly(
            entry("authority=local budget=gpt-tokens scope= unit=tokens window=day", -30.0));
  }

  @Test
  void gauges_rowsOfUsers_areOneSeriesThatNamesNobody() {
    telemetry.budgets.add(tokenRow("per-user", "team=search,user=ann", 100, 10, RESET));
    telemetry.budgets.add(
        tokenRow("per-user", "team=search,user=bob", 100, 20, RESET.minusSeconds(60)));

    String row = "authority=local budget=per-user scope=team=search,user=* unit=tokens window=day";
    assertThat(telemetry.points("tokenmeter.budget.limit")).containsOnly(entry(row, 200.0));
    assertThat(telemetry.points("tokenmeter.budget.used")).containsOnly(entry(row, 30.0));
    assertThat(telemetry.points("tokenmeter.budget.reset_time"))
        .containsOnly(entry(row, 1.8e9 - 60));
  }

  @Test
  void gauges_scopeOfManyKeys_keepsOnlyWhatMetricsMayCarry() {
    telemetry.budgets.add(
        tokenRow("b", "provider=openai,model=gpt-*,user=a,b=c,org=acme,sess", 100, 1, RESET));

    assertThat(telemetry.points("tokenmeter.budget.used"))
        .containsOnlyKeys(
            "authority=local budget=b scope=provider=openai,model=gpt-*,user=*,b=*,org=acme"
                + " unit=tokens window=day");
  }

  @Test
  void gauges_moreRowsThanSeries_endInOther() {
    for (int i = 0; i < 310; i++) {
      telemetry.budgets.add(tokenRow("per-team", "team=t" + i, 100, 1, RESET));
    }

    assertThat(telemetry.points("tokenmeter.budget.used"))
        .hasSize(301)
        .contains(
            entry("authority=local budget=per-team scope=other unit=tokens window=day", 10.0));
  }

  @Test
  void gauges_afterClose_areGone() {
    telemetry.budgets.add(tokenRow("gpt-tokens", "", 100, 1, RESET));
    telemetry.listener.close();

    assertThat(telemetry.metrics())
        .doesNotContainKeys("tokenmeter.budget.used", "tokenmeter.pricetable.age");
  }

  @Test
  void gauges_collectedByManyThreadsWhileBudgetsChange_areConsistentSnapshots() throws Exception {
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<Boolean>> results = new ArrayList<>();
      for (int reader = 0; reader < 4; reader++) {
        results.add(
            readers.submit(
                () -> {
                  go.await();
                  for (int i = 0; i < 50; i++) {
                    Map<String, Double> used = telemetry.points("tokenmeter.budget.used");
                    if (!used.values().stream().allMatch(value -> value == 7.0)) {
                      return false;
                    }
                  }
                  return true;
                }));
      }
      go.countDown();
      for (int i = 0; i < 100; i++) {
        telemetry.budgets.add(tokenRow("b" + i, "", 100, 7, RESET));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      readers.shutdownNow();
    }
    assertThat(telemetry.points("tokenmeter.budget.used")).hasSize(100);
  }

  @Test
  void health_errorsAndPriceAge_areReported() {
    telemetry.internalErrors.set(3);

    assertThat(telemetry.points("tokenmeter.internal.errors")).containsOnly(entry("", 3.0));
    assertThat(telemetry.points("tokenmeter.pricetable.age")).containsOnly(entry("", 86_400.0));
  }

  private static Budget tokenRow(
      String name, String scope, long limit, long used, Instant resetsAt) {
    return new Budget(
        name, scope, Budget.Unit.TOKENS, true, "day", limit, used, 0, limit - used, resetsAt);
  }

  private static BudgetRule rule(String name, Map<String, String> match, Budget.Unit unit) {
    return BudgetRule.named(name).match(match).limit(unit, 1_000_000).window(Window.MONTH).build();
  }
}
