package io.tokenmeter.benchmarks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
  @Test
  void run_unknownBenchmark_isAUsageError() {
    assertThatThrownBy(() -> Benchmarks.run(List.of("agnet")))
        .isInstanceOf(UsageException.class)
        .hasMessage("unknown benchmark agnet");
  }

  @Test
  void run_noBenchmark_isAUsageError() {
    assertThatThrownBy(() -> Benchmarks.run(List.of())).isInstanceOf(UsageException.class);
  }

  @Test
  void run_optionOfTheOtherBenchmark_isAUsageError() {
    assertThatThrownBy(() -> Benchmarks.run(List.of("startup", "--calls", "3")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("unknown option --calls");
  }
}
