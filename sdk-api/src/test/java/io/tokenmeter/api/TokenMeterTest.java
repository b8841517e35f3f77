package io.tokenmeter.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.api.spi.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The API's side of the protocol; the engine's side is tested in the engine. */
class TokenMeterTest {
  private final List<String> operations = new ArrayList<>();

  @Test
  void get_withoutAgentAndEngine_isANoOpThatLetsEverythingPass() {
    TokenMeter meter = TokenMeter.get();
    assertThat(meter.mode()).isEqualTo(TokenMeter.Mode.NONE);
    assertThat(meter.budgets()).isEmpty();
    try (Reservation hold = meter.reservation("openai", "gpt-4o").inputTokens(1).reserve()) {
      assertThat(hold.settle(Usage.of(1, 2))).isTrue();
    }
  }

  @Test
  void reservation_endsExactlyOnce() {
    TokenMeter meter = TokenMeter.over(this::grant);
    try (Reservation hold = meter.reservation("openai", "gpt-4o").inputTokens(1).reserve()) {
      assertThat(hold.settle(Usage.of(1, 2))).isTrue();
      assertThat(hold.settle(Usage.of(1, 2))).isFalse();
      assertThat(hold.release()).isFalse();
    }
    assertThat(operations).containsExactly(Protocol.RESERVE, Protocol.SETTLE);
  }

  @Test
  void close_withoutSettling_releases() {
    try (Reservation hold =
        TokenMeter.over(this::grant).reservation("openai", "gpt-4o").reserve()) {
      assertThat(hold).isNotNull();
    }
    assertThat(operations).containsExactly(Protocol.RESERVE, Protocol.RELEASE);
  }

  @Test
  void reserve_laysItsAttributionOverTheThreads() {
    List<Object> seen = new ArrayList<>();
    TokenMeter meter =
        TokenMeter.over(
            (operation, arguments) -> {
              seen.add(arguments.get(Protocol.ATTRIBUTION));
              return Map.of(Protocol.HANDLE, "h");
            });
    try (Attribution.Scope scope = Attribution.of("team", "search", "user", "ada").makeCurrent()) {
      meter.reservation("openai", "m").attribution(Attribution.of("user", "bob")).reserve();
    }
    assertThat(seen).containsExactly(Map.of("team", "search", "user", "bob"));
  }

  @Test
  void reserve_refused_throwsWithTheBudget() {
    TokenMeter meter =
        TokenMeter.over(
            (operation, arguments) ->
                Map.of(
                    Protocol.REFUSAL,
                    Map.of(
                        Protocol.MESSAGE, "budget 'b' refused",
                        Protocol.NAME, "b",
                        Protocol.SCOPE, "team=search",
                        Protocol.UNIT, "usd",
                        Protocol.MODE, "hard",
                        Protocol.WINDOW, "month",
                        Protocol.LIMIT, 10L,
                        Protocol.REMAINING, 3L,
                        Protocol.RESETS_AT, 1_000L,
                        Protocol.REQUESTED, 4L)));
    assertThatThrownBy(() -> meter.reservation("openai", "m").reserve())
        .isInstanceOfSatisfying(
            BudgetExceededException.class,
            refused -> {
              assertThat(refused).hasMessage("budget 'b' refused");
              assertThat(refused.requested()).isEqualTo(4);
              assertThat(refused.budget())
                  .isEqualTo(
                      new Budget(
                          "b",
                          "team=search",
                          Budget.Unit.USD,
                          true,
                          "month",
                          10,
                          0,
                          0,
                          3,
                          Instant.ofEpochSecond(1)));
            });
  }

  @Test
  void reserve_whenTheEngineFails_letsTheCallPass() {
    TokenMeter meter =
        TokenMeter.over((operation, arguments) -> Map.of(Protocol.ERROR, "java.lang.Error"));
    try (Reservation hold = meter.reservation("openai", "m").reserve()) {
      assertThat(hold.settle(Usage.of(1, 1))).isTrue();
    }
  }

  @Test
  void negativeTokens_areRefusedAtOnce() {
    ReservationRequest request = TokenMeter.over(this::grant).reservation("openai", "m");
    assertThatThrownBy(() -> request.inputTokens(-1))
        .hasMessage("inputTokens must be at least 0, but was -1");
  }

  private Map<String, Object> grant(String operation, Map<String, Object> arguments) {
    operations.add(operation);
    return Map.of(Protocol.HANDLE, "handle");
  }
}
