package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredCallsTest {
  private static final String METERED =
      "{\"provider\":\"openai\",\"decision\":\"unmetered\",\"input_tokens\":411,"
          + "\"output_tokens\":62,\"estimated_input_tokens\":402,\"http_status\":200}\n";

  @TempDir private Path directory;

  @Test
  void count_meteredCalls_areThoseThatWereCountedAndAnswered() throws IOException {
    write("calls.jsonl", METERED + METERED);

    assertThat(count()).isEqualTo(2);
  }

  @Test
  void count_callsWithoutEstimateUsageOrAnswer_areNotMetered() throws IOException {
    write(
        "calls.jsonl",
        METERED.replace("402", "null")
            + METERED.replace("62", "null")
            + METERED.replace("200", "500")
            + METERED.replace("openai", "unknown"));

    assertThat(count()).isZero();
  }

  @Test
  void count_rotatedFiles_areIncludedAndOthersAreNot() throws IOException {
    write("calls.jsonl", METERED);
    write("calls.jsonl.1", METERED);
    write("calls.jsonl.2", METERED);
    write("calls.jsonl.lock", METERED);
    write("other-calls.jsonl", METERED);

    assertThat(count()).isEqualTo(3);
  }

  @Test
  void count_noFileAtAll_isZero() throws IOException {
    assertThat(count()).isZero();
  }

  private void write(String name, String lines) throws IOException {
    Files.writeString(directory.resolve(name), lines);
  }

  private long count() throws IOException {
    return MeteredCalls.count(directory.resolve("calls.jsonl"));
  }
}
