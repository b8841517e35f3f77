package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.tokenmeter.engine.config.Configuration.OtelSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplicationTelemetryTest {
  private final TestTelemetry application = new TestTelemetry();

  @BeforeEach
  @AfterEach
  void forgetGlobal() {
    GlobalOpenTelemetry.resetForTest();
  }

  @AfterEach
  void close() {
    application.close();
  }

  @Test
  void create_applicationHasAnSdk_recordsIntoIt() {
    GlobalOpenTelemetry.set(application.sdk);

    TelemetryListener listener = create(TestTelemetry.SETTINGS);
    listener.closed(TestCall.chat().record(), listener.opening(TestCall.outgoing(Map.of())));
    listener.close();

    assertThat(application.span().getName()).isEqualTo("chat gpt-4o");
    assertThat(application.points("tokenmeter.calls").values()).containsExactly(1.0);
  }

  @Test
  void create_beforeTheApplicationsSdk_isNullAndLeavesTheGlobalFree() {
    assertThat(create(TestTelemetry.SETTINGS)).isNull();

    assertThatCode(() -> GlobalOpenTelemetry.set(application.sdk)).doesNotThrowAnyException();
    TelemetryListener later = create(TestTelemetry.SETTINGS);
    assertThat(later).isNotNull();
    later.close();
  }

  @Test
  void create_applicationChoseNoop_isNull() {
    GlobalOpenTelemetry.set(OpenTelemetry.noop());

    assertThat(create(TestTelemetry.SETTINGS)).isNull();
  }

  @Test
  void create_exportOff_isNull() {
    GlobalOpenTelemetry.set(application.sdk);

    assertThat(create(new OtelSettings(false, Optional.empty(), "1.41", Map.of(), Map.of())))
        .isNull();
  }

  private static TelemetryListener create(OtelSettings settings) {
    return ApplicationTelemetry.create(settings, "0.1.0", List::of, List::of, () -> 0, () -> 0);
  }
}
