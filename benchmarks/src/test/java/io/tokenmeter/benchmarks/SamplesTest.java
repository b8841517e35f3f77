package io.tokenmeter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final Samples ONE_TO_200 =
      Samples.of(IntStream.rangeClosed(1, 200).mapToDouble(i -> 201 - i).toArray());

  @Test
  void median_ofOddNumber_isTheMiddle() {
    assertThat(Samples.of(9, 1, 4).median()).isEqualTo(4);
  }

  @Test
  void median_ofEvenNumber_isTheMeanOfTheMiddleTwo() {
    assertThat(Samples.of(9, 1, 4, 5).median()).isEqualTo(4.5);
  }

  @Test
  void percentile_isTheNearestRank() {
    assertThat(ONE_TO_200.percentile(0.5)).isEqualTo(100);
    assertThat(ONE_TO_200.percentile(0.99)).isEqualTo(198);
    assertThat(ONE_TO_200.percentile(0.991)).isEqualTo(199);
  }

  @Test
  void percentile_ofTheEnds_areSmallestAndLargest() {
    assertThat(ONE_TO_200.percentile(0)).isEqualTo(1);
    assertThat(ONE_TO_200.percentile(1)).isEqualTo(200);
  }

  @Test
  void of_laterChangeOfTheArray_isNotSeen() {
    double[] values = {1, 2, 3};
    Samples samples = Samples.of(values);
    values[1] = 100;

    assertThat(samples.median()).isEqualTo(2);
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(Samples::of).isInstanceOf(IllegalArgumentException.class);
  }
}
