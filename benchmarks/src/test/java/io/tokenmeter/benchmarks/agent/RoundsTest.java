package io.tokenmeter.benchmarks.agent;

import static io.tokenmeter.benchmarks.agent.Variant.NONE;
import static io.tokenmeter.benchmarks.agent.Variant.OPEN_TELEMETRY;
import static io.tokenmeter.benchmarks.agent.Variant.TOKENMETER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void added_machineThatDrifts_isTheMedianOfTheDifferencesWithinARound() {
    Rounds rounds = new Rounds();
    round(rounds, 100, 110);
    round(rounds, 500, 530);
    round(rounds, 300, 320);

    assertThat(rounds.added(TOKENMETER)).isEqualTo(20);
    assertThat(rounds.typical(NONE)).isEqualTo(300);
    assertThat(rounds.typical(TOKENMETER)).isEqualTo(320);
  }

  @Test
  void added_agentThatMakesThingsFaster_isNegative() {
    Rounds rounds = new Rounds();
    round(rounds, 100, 90);

    assertThat(rounds.added(TOKENMETER)).isEqualTo(-10);
  }

  @Test
  void added_roundsMissing_isRefused() {
    Rounds rounds = new Rounds();
    round(rounds, 100, 110);
    rounds.add(NONE, 100);

    assertThatThrownBy(() -> rounds.added(TOKENMETER)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void order_ofSixRounds_isEachOrderOnce() {
    Set<List<Variant>> orders = new HashSet<>();
    IntStream.range(0, 6).mapToObj(Rounds::order).forEach(orders::add);

    assertThat(orders)
        .hasSize(6)
        .allSatisfy(
            order -> assertThat(order).containsExactlyInAnyOrder(NONE, TOKENMETER, OPEN_TELEMETRY));
    assertThat(Rounds.order(6)).isEqualTo(Rounds.order(0));
  }

  private static void round(Rounds rounds, double without, double with) {
    rounds.add(NONE, without);
    rounds.add(TOKENMETER, with);
  }
}
