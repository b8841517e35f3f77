package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BurstTest {
  @Test
  void parse_itsOwnLine_isTheSameBurst() {
    Burst burst = new Burst(Scenario.STREAM_2KB, -3, 20, 200);

    assertThat(Burst.parse(burst.line())).isEqualTo(burst);
    assertThat(burst.calls()).isEqualTo(220);
  }
}
