package io.tokenmeter.benchmarks.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads our agent's call log, to prove that calls were metered. */
final class MeteredCalls {
  /** A call that was recognised, admitted and counted before it left. */
  private static final Pattern METERED =
      Pattern.compile(
          "(?=.*\"provider\":\"openai\")(?=.*\"http_status\":200)"
              + "(?=.*\"estimated_input_tokens\":[1-9])(?=.*\"output_tokens\":[1-9]).*");

  private MeteredCalls() {}

  /**
   * @param log the file that is written to; files that it was rotated to count as well
   */
  static long count(Path log) throws IOException {
    List<Path> files;
    try (Stream<Path> siblings = Files.list(log.toAbsolutePath().getParent())) {
      files = siblings.filter(file -> belongsTo(log, file)).toList();
    }
    long calls = 0;
    for (Path file : files) {
      try (Stream<String> lines = Files.lines(file)) {
        calls += lines.filter(line -> METERED.matcher(line).matches()).count();
      }
    }
    return calls;
  }

  private static boolean belongsTo(Path log, Path file) {
    String name = file.getFileName().toString();
    return name.matches(Pattern.quote(log.getFileName().toString()) + "(\\.\\d+)?");
  }
}
