package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PatienceTest {
  private static int pauses(Patience patience) {
    int pauses = 0;
    while (patience.pause(50_000_000)) {
      pauses++;
    }
    return pauses;
  }

  @Test
  void pause_fewRows_endsAfterTenthOfASecond() {
    assertThat(pauses(new Patience(4_096))).isEqualTo(3);
  }

  /** A recycler takes a fifth of a second for so many, and is not stuck. */
  @Test
  void pause_manyRows_outlastsARecyclerThatGoesThroughThem() {
    assertThat(pauses(new Patience(800_000))).isEqualTo(10);
  }
}
