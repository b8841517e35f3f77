package io.tokenmeter.benchmarks.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests of one kind, each of {@value #CHARS} chars.
 *
 * @param warmUp for the JVM's compilers; none of them is measured
 * @param cold each is counted once
 */
record Texts(List<String> warmUp, List<String> cold) {
  static final int CHARS = 4000;

  /** More are not taken, however long the text is. */
  static final int MOST_COLD = 400;

  /** So many requests are repeated in the warm measurement: as much as a long conversation has. */
  static final int MOST_WARM = 100;

  private static final int MOST_WARM_UP = 40;
  private static final int LEAST = 4;

  /**
   * Cuts a text into requests: the last fifth is for warming up.
   *
   * @throws IllegalArgumentException if it is too short
   */
  static Texts of(String text) {
    List<String> requests = new ArrayList<>();
    for (int at = 0; at + CHARS <= text.length(); at += CHARS) {
      requests.add(text.substring(at, at + CHARS));
    }
    if (requests.size() < LEAST) {
      throw new IllegalArgumentException(
          "it has %d chars; expected at least %d".formatted(text.length(), LEAST * CHARS));
    }
    int warmUp = Math.min(MOST_WARM_UP, Math.max(1, requests.size() / 5));
    int cold = Math.min(MOST_COLD, requests.size() - warmUp);
    int end = requests.size();
    return new Texts(
        List.copyOf(requests.subList(end - warmUp, end)), List.copyOf(requests.subList(0, cold)));
  }

  /** The requests that are repeated. */
  List<String> warm() {
    return cold.subList(0, Math.min(MOST_WARM, cold.size()));
  }

  static long utf8Bytes(List<String> requests) {
    return requests.stream().mapToLong(request -> request.getBytes(UTF_8).length).sum();
  }
}
