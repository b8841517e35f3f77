package io.tokenmeter.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of one benchmark: pairs of a name and a value.
 *
 * @param values by option name
 */
public record Arguments(Map<String, String> values) {
  /**
   * @param args what follows the benchmark's name
   * @param known the options that the benchmark reads
   * @throws UsageException on an unknown option, one without a value, or one that is given twice
   */
  public static Arguments parse(List<String> args, Set<String> known) throws UsageException {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < args.size(); i += 2) {
      String option = args.get(i);
      if (!known.contains(option)) {
        throw new UsageException(
            "unknown option " + option + "; expected one of " + known.stream().sorted().toList());
      }
      if (i + 1 == args.size()) {
        throw new UsageException(option + " needs a value");
      }
      if (values.put(option, args.get(i + 1)) != null) {
        throw new UsageException(option + " is given twice");
      }
    }
    return new Arguments(Map.copyOf(values));
  }

  /** A whole number from 1 to {@code max}. */
  public int count(String option, int defaultValue, int max) throws UsageException {
    String text = values.getOrDefault(option, Integer.toString(defaultValue));
    if (text.matches("\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    }
    throw new UsageException(
        option + " is \"" + text + "\"; expected a whole number from 1 to " + max);
  }

  /** Whether an option is given. */
  public boolean has(String option) {
    return values.containsKey(option);
  }

  /** The path of a file that exists; there is no default. */
  public Path file(String option) throws UsageException {
    String text = values.get(option);
    if (text == null) {
      throw new UsageException(option + " is missing; expected the path of a file");
    }
    Path path = Path.of(text).toAbsolutePath();
    if (!Files.isRegularFile(path)) {
      throw new UsageException(option + " is " + path + ", which is not a file");
    }
    return path;
  }

  /** The path of a directory that exists; there is no default. */
  public Path directory(String option) throws UsageException {
    String text = values.get(option);
    if (text == null) {
      throw new UsageException(option + " is missing; expected the path of a directory");
    }
    Path path = Path.of(text).toAbsolutePath();
    if (!Files.isDirectory(path)) {
      throw new UsageException(option + " is " + path + ", which is not a directory");
    }
    return path;
  }

  /**
   * The {@code java} command of a JDK or JRE.
   *
   * @param option its home directory; by default the one that runs this program
   */
  public Path java(String option) throws UsageException {
    String home = values.getOrDefault(option, System.getProperty("java.home"));
    Path command = Path.of(home, "bin", "java").toAbsolutePath();
    if (!Files.isExecutable(command)) {
      throw new UsageException(
          option + " is " + home + ", which has no bin/java; expected the home of a JDK");
    }
    return command;
  }
}
