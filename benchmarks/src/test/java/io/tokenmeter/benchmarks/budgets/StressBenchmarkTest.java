package io.tokenmeter.benchmarks.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The short form of {@code benchmarks/run.sh budgets-stress}. */
final class StressBenchmarkTest {
  @Test
  void stress_processesAreKilledAndClocksSet_nothingIsOverspentLostOrLeaked() throws Exception {
    StressBenchmark.Outcome outcome =
        new StressBenchmark(8, 2, 3).stress(new PrintStream(OutputStream.nullOutputStream()));

    assertThat(outcome.kills()).isPositive();
    assertThat(outcome.calls()).isPositive();
    assertThat(outcome.overspentTokens()).isZero();
    assertThat(outcome.lostTokens()).isZero();
    assertThat(outcome.leakedHolds()).isZero();
  }
}
