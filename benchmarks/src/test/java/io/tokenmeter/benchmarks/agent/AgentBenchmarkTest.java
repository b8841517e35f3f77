package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentBenchmarkTest {
  @Test
  void parse_allOptions_areTaken(@TempDir Path directory) throws IOException, UsageException {
    String ours = Files.createFile(directory.resolve("ours.jar")).toString();
    String other = Files.createFile(directory.resolve("other.jar")).toString();

    AgentBenchmark benchmark =
        AgentBenchmark.parse(
            List.of(
                "--rounds",
                "7",
                "--calls",
                "9",
                "--jar",
                ours,
                "--otel-jar",
                other,
                "--java",
                System.getProperty("java.home")));

    assertThat(benchmark.rounds()).isEqualTo(7);
    assertThat(benchmark.calls()).isEqualTo(9);
    assertThat(benchmark.launcher().tokenmeterJar()).hasToString(ours);
    assertThat(benchmark.launcher().openTelemetryJar()).hasToString(other);
  }

  @Test
  void check_everyAgentSawItsCalls_passes() {
    assertThatCode(() -> AgentBenchmark.check(10, 10, new Provider.Requests(30, 10)))
        .doesNotThrowAnyException();
  }

  @Test
  void check_callThatWasNotMetered_fails() {
    assertThatThrownBy(() -> AgentBenchmark.check(10, 9, new Provider.Requests(30, 10)))
        .isInstanceOf(BenchmarkException.class)
        .hasMessage("tokenmeter's call log has 9 metered calls; expected all 10 of its client");
  }

  @Test
  void check_callThatWasNotTraced_fails() {
    assertThatThrownBy(() -> AgentBenchmark.check(10, 10, new Provider.Requests(30, 0)))
        .isInstanceOf(BenchmarkException.class)
        .hasMessageStartingWith("0 requests carried a trace; expected the 10");
  }

  @Test
  void check_requestThatWasRetried_fails() {
    assertThatThrownBy(() -> AgentBenchmark.check(10, 10, new Provider.Requests(31, 10)))
        .isInstanceOf(BenchmarkException.class)
        .hasMessage("the server saw 31 requests; expected 10 from each of 3 clients");
  }
}
