package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SaturatingTest {
  @Test
  void add_beyondTheLargest_staysThere() {
    assertThat(Saturating.add(5, 7)).isEqualTo(12);
    assertThat(Saturating.add(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.add(Long.MAX_VALUE - 3, 4)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void replace_ofASumThatOverflowed_givesNothingBack() {
    assertThat(Saturating.replace(100, 40, 15)).isEqualTo(75);
    assertThat(Saturating.replace(10, 40, 15)).isEqualTo(15);
    assertThat(Saturating.replace(Long.MAX_VALUE, 40, 0)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.replace(10, 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shift_sumBecameSmallerMeanwhile_keepsTheDifference() {
    assertThat(Saturating.shift(1_005, 1_008, 8)).isEqualTo(5);
    assertThat(Saturating.shift(10, 4, 7)).isEqualTo(13);
    assertThat(Saturating.shift(2, 9, 4)).isZero();
    assertThat(Saturating.shift(Long.MAX_VALUE - 1, 0, 5)).isEqualTo(Long.MAX_VALUE);
    assertThat(Saturating.shift(Long.MAX_VALUE, 5, 0)).isEqualTo(Long.MAX_VALUE);
  }
}
