package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.engine.prices.Cost;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpendMetricsTest {
  private static final String CALL =
      "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o";

  private final TestTelemetry telemetry = new TestTelemetry();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void cost_reportedUsage_isSplitByClassAndAddsUpToTheTotal() {
    telemetry.record(TestCall.chat());

    Map<String, Double> points = telemetry.points("tokenmeter.cost");
    assertThat(points)
        .containsOnlyKeys(
            cost("provider", "uncached_input"),
            cost("provider", "cache_read"),
            cost("provider", "output"));
    assertThat(points.get(cost("provider", "cache_read"))).isEqualTo(0.0005);
    assertThat(points.values().stream().mapToDouble(usd -> usd).sum())
        .isCloseTo(0.0125, within(1e-12));
  }

  @Test
  void cost_usageCountedHere_saysLocal() {
    telemetry.record(
        TestCall.chat().countedLocally().cost(new Cost(5, Map.of(TokenClass.OUTPUT, 5L))));

    assertThat(telemetry.points("tokenmeter.cost"))
        .containsOnly(entry(cost("local", "output"), 5e-9));
  }

  @Test
  void tokens_knownZero_startsItsSeriesAndUnknownDoesNot() {
    telemetry.record(TestCall.chat());

    assertThat(telemetry.points("tokenmeter.tokens"))
        .containsOnly(
            entry(tokens("uncached_input"), 100.0),
            entry(tokens("cache_read"), 50.0),
            entry(tokens("output"), 20.0),
            entry(tokens("reasoning"), 0.0));
  }

  @Test
  void calls_byDecisionAndError_areCounted() {
    telemetry
        .record(TestCall.chat())
        .record(TestCall.chat())
        .record(TestCall.refusedBy("b"))
        .record(TestCall.chat().observedBy("b"))
        .record(TestCall.chat().unmetered())
        .record(TestCall.chat().failed("500", 500));

    assertThat(telemetry.points("tokenmeter.calls"))
        .containsOnly(
            entry("decision=admitted " + CALL + " team=search", 2.0),
            entry("decision=refused " + CALL + " team=search", 1.0),
            entry("decision=observed " + CALL + " team=search", 1.0),
            entry("decision=unmetered " + CALL + " team=search", 1.0),
            entry("decision=admitted error.type=500 " + CALL + " team=search", 1.0));
  }

  @Test
  void unpriced_beforeAnyCall_isZeroForEveryReason() {
    assertThat(telemetry.points("tokenmeter.calls.unpriced"))
        .containsOnly(
            entry("reason=no_price", 0.0),
            entry("reason=no_usage", 0.0),
            entry("reason=unmetered", 0.0));
  }

  @Test
  void unpriced_callsWithoutCost_areCountedByReason() {
    telemetry
        .record(TestCall.chat().cost(null))
        .record(TestCall.chat().usage(null).cost(null))
        .record(TestCall.chat().failed("java.net.SocketException", 200))
        .record(TestCall.chat().unmetered());

    assertThat(telemetry.points("tokenmeter.calls.unpriced"))
        .contains(
            entry(CALL + " reason=no_price team=search", 1.0),
            entry(CALL + " reason=no_usage team=search", 2.0),
            entry(CALL + " reason=unmetered team=search", 1.0));
  }

  @Test
  void unpriced_pricedRefusedOrRejectedCalls_areNotCounted() {
    telemetry
        .record(TestCall.chat())
        .record(TestCall.refusedBy("b"))
        .record(TestCall.chat().failed("429", 429));

    assertThat(telemetry.points("tokenmeter.calls.unpriced").values()).containsOnly(0.0);
  }

  @Test
  void attribution_onMetrics_holdsOnlyTheAllowedKeys() {
    telemetry.record(
        TestCall.chat()
            .attribution(
                Map.of(
                    "org", "acme",
                    "team", "search",
                    "project", "p",
                    "service", "s",
                    "user", "ann",
                    "session", "1",
                    "feature", "f")));

    assertThat(telemetry.points("tokenmeter.calls"))
        .containsOnlyKeys(
            "decision=admitted " + CALL + " org=acme project=p service=s team=search");
  }

  @Test
  void attribution_ofManyTeams_endsInOther() {
    for (int i = 0; i < 150; i++) {
      telemetry.record(TestCall.chat().attribution(Map.of("team", "team-" + i)));
    }

    assertThat(telemetry.points("tokenmeter.calls"))
        .hasSize(101)
        .contains(
            entry("decision=admitted " + CALL + " team=team-99", 1.0),
            entry("decision=admitted " + CALL + " team=other", 50.0));
  }

  @Test
  void model_thatIsNoName_becomesOther() {
    telemetry.record(TestCall.chat().model("x".repeat(200)));

    assertThat(telemetry.points("tokenmeter.calls"))
        .containsOnlyKeys("decision=admitted " + CALL.replace("gpt-4o", "other") + " team=search");
  }

  private static String cost(String source, String tokenClass) {
    return "cost.source=" + source + " " + CALL + " team=search token.class=" + tokenClass;
  }

  private static String tokens(String tokenClass) {
    return CALL + " team=search token.class=" + tokenClass + " usage.source=provider";
  }
}
