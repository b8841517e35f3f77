package io.tokenmeter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static final Set<String> KNOWN = Set.of("--calls", "--jar", "--java");

  @Test
  void parse_unknownOption_namesItAndTheKnownOnes() {
    assertThatThrownBy(() -> parse("--cals", "3"))
        .isInstanceOf(UsageException.class)
        .hasMessage("unknown option --cals; expected one of [--calls, --jar, --java]");
  }

  @Test
  void parse_optionWithoutValue_isRefused() {
    assertThatThrownBy(() -> parse("--calls", "3", "--jar")).hasMessage("--jar needs a value");
  }

  @Test
  void parse_optionGivenTwice_isRefused() {
    assertThatThrownBy(() -> parse("--calls", "3", "--calls", "4"))
        .hasMessage("--calls is given twice");
  }

  @Test
  void count_given_isRead() throws UsageException {
    assertThat(parse("--calls", "300").count("--calls", 200, 300)).isEqualTo(300);
  }

  @Test
  void count_notGiven_isTheDefault() throws UsageException {
    assertThat(parse().count("--calls", 200, 300)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "301", "-1", "many", "", "99999999999"})
  void count_outOfRangeOrNoNumber_saysWhatWasExpected(String text) {
    assertThatThrownBy(() -> parse("--calls", text).count("--calls", 200, 300))
        .isInstanceOf(UsageException.class)
        .hasMessage("--calls is \"" + text + "\"; expected a whole number from 1 to 300");
  }

  @Test
  void file_thatExists_isAbsolute(@TempDir Path directory) throws IOException, UsageException {
    Path jar = Files.createFile(directory.resolve("agent.jar"));

    assertThat(parse("--jar", jar.toString()).file("--jar")).isEqualTo(jar).isAbsolute();
  }

  @Test
  void file_thatDoesNotExist_isRefused(@TempDir Path directory) {
    assertThatThrownBy(() -> parse("--jar", directory.toString()).file("--jar"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--jar is " + directory + ", which is not a file");
  }

  @Test
  void file_notGiven_isRefused() {
    assertThatThrownBy(() -> parse().file("--jar")).hasMessageStartingWith("--jar is missing");
  }

  @Test
  void java_notGiven_isTheOneThatRunsThis() throws UsageException {
    assertThat(parse().java("--java")).startsWith(Path.of(System.getProperty("java.home")));
  }

  @Test
  void java_homeWithoutJava_isRefused(@TempDir Path directory) {
    assertThatThrownBy(() -> parse("--java", directory.toString()).java("--java"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("has no bin/java");
  }

  private static Arguments parse(String... args) throws UsageException {
    return Arguments.parse(List.of(args), KNOWN);
  }
}
