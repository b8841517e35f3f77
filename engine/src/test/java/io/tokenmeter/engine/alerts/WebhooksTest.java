package io.tokenmeter.engine.alerts;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.alerts.BudgetAlert.ThresholdCrossed;
import io.tokenmeter.engine.config.Configuration.Webhook;
import io.tokenmeter.engine.config.Configuration.WebhookFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Against a real server on loopback; the time between attempts is the test's. */
final class WebhooksTest {
  @RegisterExtension
  static final WireMockExtension SERVER =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"))
          .build();

  private static final ThresholdCrossed EIGHTY =
      new ThresholdCrossed(
          new Budget(
              "search-month",
              "team=R&D",
              Budget.Unit.USD,
              true,
              "month",
              50_000_000_000L,
              40_200_000_000L,
              1,
              9_799_999_999L,
              Instant.parse("2026-12-01T00:00:00Z")),
          80,
          "throttle",
          Instant.parse("2026-11-25T12:00:00Z"));

  private final AtomicLong nanos = new AtomicLong();
  private final List<String> faults = new CopyOnWriteArrayList<>();

  private Webhooks webhooks(Webhook... webhooks) {
    return new Webhooks(
        List.of(webhooks), nanos::get, (where, fault) -> faults.add(where + " " + fault));
  }

  private static Webhook webhook(WebhookFormat format, List<Integer> thresholds) {
    return new Webhook(
        SERVER.baseUrl() + "/hook/secret",
        format,
        thresholds,
        Map.of("Authorization", "Bearer canary"));
  }

  private static void answer(int status) {
    SERVER.stubFor(post(urlEqualTo("/hook/secret")).willReturn(aResponse().withStatus(status)));
  }

  private static int received() {
    return SERVER.findAll(postRequestedFor(urlEqualTo("/hook/secret"))).size();
  }

  /** Ticks until the webhooks have seen what came back. */
  private static void settle(Webhooks webhooks) {
    await().pollDelay(10, TimeUnit.MILLISECONDS).until(() -> webhooks.settled());
  }

  @Test
  void alert_json_hasEveryFigureAndTheHeaders() {
    answer(204);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);

    SERVER.verify(
        1,
        postRequestedFor(urlEqualTo("/hook/secret"))
            .withHeader("content-type", equalTo("application/json"))
            .withHeader("authorization", equalTo("Bearer canary"))
            .withRequestBody(
                equalToJson(
                    """
                    {"type": "tokenmeter.budget.threshold", "time": "2026-11-25T12:00:00Z",
                     "text": "budget 'search-month' (team=R&D) has used 80 % of its 50 USD per month: 40.2 USD; it resets at 2026-12-01T00:00:00Z",
                     "budget": "search-month", "scope": "team=R&D", "window": "month",
                     "action": "throttle", "threshold_percent": 80, "unit": "usd",
                     "limit": "50.000000000", "used": "40.200000000", "reserved": "0.000000001",
                     "remaining": "9.799999999", "resets_at": "2026-12-01T00:00:00Z"}
                    """)));
    assertThat(faults).isEmpty();
  }

  @Test
  void alert_slack_isOneEscapedSentence() {
    answer(200);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.SLACK, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);

    SERVER.verify(
        1,
        postRequestedFor(urlEqualTo("/hook/secret"))
            .withRequestBody(
                equalToJson(
                    """
                    {"text": "tokenmeter: budget 'search-month' (team=R&amp;D) has used 80 % of its 50 USD per month: 40.2 USD; it resets at 2026-12-01T00:00:00Z"}
                    """)));
  }

  @Test
  void alert_windowThatNeverEnds_doesNotReset() {
    answer(200);
    Budget budget = EIGHTY.budget();
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(
        new ThresholdCrossed(
            new Budget(
                budget.name(),
                budget.scope(),
                budget.unit(),
                true,
                "lifetime",
                budget.limit(),
                budget.used(),
                0,
                0,
                Instant.ofEpochMilli(Long.MAX_VALUE)),
            80,
            "block",
            EIGHTY.time()));
    settle(webhooks);

    assertThat(SERVER.findAll(postRequestedFor(urlEqualTo("/hook/secret"))))
        .singleElement()
        .satisfies(
            request ->
                assertThat(request.getBodyAsString())
                    .contains("per lifetime: 40.2 USD; it never resets")
                    .doesNotContain("resets_at"));
  }

  @Test
  void alert_thresholdThatTheWebhookDoesNotWant_isNotSent() {
    answer(200);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of(95, 100)));
    webhooks.alert(EIGHTY);
    settle(webhooks);

    assertThat(received()).isZero();
  }

  @Test
  void tick_serverFails_sendsAgainAfterPausesThatGrow() {
    SERVER.stubFor(
        post(urlEqualTo("/hook/secret"))
            .inScenario("flaky")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("second")
            .willReturn(aResponse().withStatus(503)));
    SERVER.stubFor(
        post(urlEqualTo("/hook/secret"))
            .inScenario("flaky")
            .whenScenarioStateIs("second")
            .willSetStateTo("third")
            .willReturn(aResponse().withStatus(429)));
    SERVER.stubFor(
        post(urlEqualTo("/hook/secret"))
            .inScenario("flaky")
            .whenScenarioStateIs("third")
            .willReturn(aResponse().withStatus(200)));
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);
    assertThat(received()).isEqualTo(1);

    nanos.addAndGet(999_999_999);
    webhooks.tick();
    assertThat(received()).isEqualTo(1);
    nanos.addAndGet(1);
    webhooks.tick();
    settle(webhooks);
    assertThat(received()).isEqualTo(2);

    nanos.addAndGet(3_999_999_999L);
    webhooks.tick();
    assertThat(received()).isEqualTo(2);
    nanos.addAndGet(1);
    webhooks.tick();
    settle(webhooks);
    assertThat(received()).isEqualTo(3);
    nanos.addAndGet(1_000_000_000_000L);
    webhooks.tick();
    assertThat(received()).isEqualTo(3);
    assertThat(faults).isEmpty();
  }

  @Test
  void tick_serverStaysDown_givesUpAndSaysSoWithoutTheUrl() {
    answer(500);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    long start = nanos.get();
    for (int i = 1; i < Webhooks.MAX_ATTEMPTS; i++) {
      settle(webhooks);
      assertThat(faults).isEmpty();
      nanos.addAndGet(Math.min(600, 1L << 2 * (i - 1)) * 1_000_000_000L);
      webhooks.tick();
    }
    assertThat(nanos.get() - start)
        .isEqualTo(TimeUnit.SECONDS.toNanos(1 + 4 + 16 + 64 + 256 + 3000));
    for (int i = 0; i < 10; i++) {
      settle(webhooks);
      nanos.addAndGet(600_000_000_000L);
      webhooks.tick();
    }

    assertThat(received()).isEqualTo(Webhooks.MAX_ATTEMPTS);
    assertThat(faults).singleElement().asString().contains("500").doesNotContain("secret");
  }

  @Test
  void tick_serverSaysWhenToComeAgain_waitsForIt() {
    SERVER.stubFor(
        post(urlEqualTo("/hook/secret"))
            .willReturn(aResponse().withStatus(429).withHeader("Retry-After", "30")));
    Webhooks webhooks = webhooks(webhook(WebhookFormat.SLACK, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);
    nanos.addAndGet(29_999_999_999L);
    webhooks.tick();
    assertThat(received()).isEqualTo(1);
    nanos.addAndGet(1);
    webhooks.tick();
    settle(webhooks);
    assertThat(received()).isEqualTo(2);
  }

  @Test
  void close_postWaitsToBeSentAgain_isSentALastTime() {
    answer(503);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);
    answer(200);
    webhooks.tick();
    assertThat(received()).isEqualTo(1);
    webhooks.hurry();
    webhooks.tick();
    webhooks.close();
    assertThat(received()).isEqualTo(2);
    assertThat(faults).isEmpty();
  }

  @Test
  void close_postDoesNotArrive_isCounted() {
    answer(503);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);
    webhooks.alert(EIGHTY);
    webhooks.close();
    assertThat(faults).singleElement().asString().contains("Webhooks.close", "2 alerts");
  }

  @Test
  void isReady_queueIsFull_isNotUntilThereIsRoom() {
    answer(200);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    assertThat(webhooks().isReady()).isFalse();
    for (int i = 0; webhooks.isReady(); i++) {
      assertThat(i).isLessThan(Webhooks.MAX_WAITING);
      webhooks.enqueue(EIGHTY);
    }
    settle(webhooks);
    assertThat(webhooks.isReady()).isTrue();
    assertThat(faults).isEmpty();
  }

  @Test
  void tick_requestIsRefused_isNotSentAgain() {
    answer(403);
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);
    nanos.addAndGet(100_000_000_000L);
    webhooks.tick();

    assertThat(received()).isEqualTo(1);
    assertThat(faults).hasSize(1);
  }

  @Test
  void alert_redirect_isNotFollowed() {
    SERVER.stubFor(
        post(urlEqualTo("/hook/secret"))
            .willReturn(
                aResponse().withStatus(307).withHeader("location", SERVER.baseUrl() + "/other")));
    Webhooks webhooks = webhooks(webhook(WebhookFormat.JSON, List.of()));
    webhooks.alert(EIGHTY);
    settle(webhooks);

    SERVER.verify(0, postRequestedFor(urlEqualTo("/other")));
    assertThat(faults).hasSize(1);
  }

  @Test
  void alert_moreThanFitIntoTheQueue_areDroppedAndCounted() {
    Webhooks webhooks =
        webhooks(new Webhook("http://127.0.0.1:1/", WebhookFormat.JSON, List.of(), Map.of()));
    for (int i = 0; i < Webhooks.MAX_WAITING + 10; i++) {
      webhooks.alert(EIGHTY);
    }
    assertThat(faults).hasSize(10).allMatch(fault -> fault.startsWith("Webhooks.overflow"));
  }
}
