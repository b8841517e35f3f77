package io.tokenmeter.javaagent.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs' prompts and API keys and the stub's answers all hold one of these words; whatever
 * the meter produces must hold none.
 */
final class Canaries {
  private static final List<String> WORDS =
      List.of("canary", "5zc8", "9zbe", "7z3a91", "capital of France", "Paris, on the Seine");

  private Canaries() {}

  /** Searches every file under a directory, and texts. */
  static void assertNoneIn(Path directory, String... texts) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertNone(file.toString(), new String(Files.readAllBytes(file), ISO_8859_1));
      }
    }
    for (String text : texts) {
      assertNone("text", text);
    }
  }

  /** Searches one thing. */
  static void assertNone(String where, String content) {
    assertThat(content).as(where).doesNotContain(WORDS);
  }
}
