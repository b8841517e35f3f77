package io.tokenmeter.javaagent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the agent's call log while it is written. */
final class CallLog {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ObjectMapper json = new ObjectMapper();
  private final Path file;
  private int read;

  CallLog(Path file) {
    this.file = file;
  }

  /** The record of the one call that was made since the last question. */
  JsonNode next() {
    return next(1, () -> {}).get(0);
  }

  /** The same, doing something again and again until it comes. */
  JsonNode next(Runnable meanwhile) {
    return next(1, meanwhile).get(0);
  }

  /** The records that were made since the last question, when there are so many. */
  List<JsonNode> next(int count) {
    return next(count, () -> {});
  }

  private List<JsonNode> next(int count, Runnable meanwhile) {
    int first = read;
    await("a line in the call log")
        .atMost(PATIENCE)
        .until(
            () -> {
              meanwhile.run();
              return lines().size() >= first + count;
            });
    List<JsonNode> lines = lines();
    read = lines.size();
    assertThat(lines.subList(first, read)).as("records of the call").hasSize(count);
    return lines.subList(first, read);
  }

  /** That nobody has written a line since the last {@link #next}. */
  void assertNoMore() {
    List<JsonNode> lines = lines();
    assertThat(lines.subList(read, lines.size())).as("records without a call").isEmpty();
  }

  /** Every record so far. A line without its end is still being written. */
  List<JsonNode> lines() {
    try {
      List<JsonNode> lines = new ArrayList<>();
      String text = Files.exists(file) ? Files.readString(file) : "";
      for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
        lines.add(json.readTree(text.substring(start, end)));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
