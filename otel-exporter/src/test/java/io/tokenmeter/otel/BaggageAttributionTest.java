package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Scope;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaggageAttributionTest {
  private static final Map<String, String> KEYS = Map.of("tenant.team", "team", "user.id", "user");

  private final BaggageAttribution attribution = new BaggageAttribution(KEYS);

  @Test
  void attribution_currentBaggage_isReadByTheConfiguredKeysOnly() {
    Baggage baggage = Baggage.builder().put("tenant.team", "search").put("secret", "x").build();
    try (Scope scope = baggage.makeCurrent()) {
      assertThat(attribution.attribution(TestCall.outgoing(Map.of())))
          .isEqualTo(Map.of("team", "search"));
    }
  }

  @Test
  void attribution_onlyBaggageHeader_isReadFromIt() {
    assertThat(
            attribution.attribution(
                TestCall.outgoing(Map.of("baggage", "tenant.team=ads,user.id=a%20b"))))
        .isEqualTo(Map.of("team", "ads", "user", "a b"));
  }

  @Test
  void attribution_brokenOrNoBaggage_isEmpty() {
    assertThat(attribution.attribution(TestCall.outgoing(Map.of()))).isEmpty();
    assertThat(attribution.attribution(TestCall.outgoing(Map.of("baggage", ";;=,%%")))).isEmpty();
  }

  @Test
  void attribution_noKeysConfigured_ignoresBaggage() {
    try (Scope scope = Baggage.builder().put("team", "search").build().makeCurrent()) {
      assertThat(new BaggageAttribution(Map.of()).attribution(TestCall.outgoing(Map.of())))
          .isEmpty();
    }
  }

  @Test
  void listener_asSource_readsTheSettingsKeys() {
    try (TestTelemetry telemetry = new TestTelemetry(TestTelemetry.settings("1.41", KEYS));
        Scope scope = Baggage.builder().put("user.id", "ann").build().makeCurrent()) {
      assertThat(telemetry.listener.attribution(TestCall.outgoing(Map.of())))
          .isEqualTo(Map.of("user", "ann"));
    }
  }
}
