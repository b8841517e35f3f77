package io.tokenmeter.javaagent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.engine.config.ConfigurationLoader;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** A client program under the agent, with the files that the agent writes. */
final class MeteredProcess implements AutoCloseable {
  /** Pays for no call at all. */
  static final long SMALL_LIMIT = 3;

  private static final String CONFIGURATION =
      """
      home: %s
      calls:
        file: %s
      attribution:
        team: search
      budgets:
        rules:
          - name: ample
            match: {team: search}
            limit: "900000000 tokens"
            window: month
            zone: UTC
            action: block
      """;
  private static final String SMALL_BUDGET =
      """
          - name: %s
            match: {model: "%s"}
            limit: "%d tokens"
            window: day
            zone: UTC
            action: block
      """;

  private final ClientProcess process;
  private final Path directory;
  private final CallLog calls;
  private final Ledger ledger;
  private final Budgets budgets;

  private MeteredProcess(ClientProcess process, Path directory, Ledger ledger, Budgets budgets) {
    this.process = process;
    this.directory = directory;
    this.calls = new CallLog(directory.resolve("calls.jsonl"));
    this.ledger = ledger;
    this.budgets = budgets;
  }

  /** Starts a JVM with the agent, which keeps everything that it writes in {@code directory}. */
  static MeteredProcess start(ForkedJvm jvm, Path directory)
      throws IOException, ConfigurationException {
    return start(jvm, directory, "");
  }

  /**
   * The same with more configuration.
   *
   * @param more YAML of top-level keys
   */
  static MeteredProcess start(ForkedJvm jvm, Path directory, String more)
      throws IOException, ConfigurationException {
    Path file = configure(directory, more);
    Map<String, String> properties =
        Map.of("tokenmeter.config", file.toString(), "user.home", directory.toString());
    Configuration configuration = ConfigurationLoader.load(properties, Map.of());
    Ledger ledger = Ledger.open(configuration.home(), InstantSource.system());
    Budgets budgets = new Budgets(configuration.budgets().rules(), ledger, InstantSource.system());
    ClientProcess process = ClientProcess.start(jvm.property("tokenmeter.config", file));
    return new MeteredProcess(process, directory, ledger, budgets);
  }

  /** Writes the configuration into {@code directory}; returns the file. */
  static Path configure(Path directory, String more) throws IOException {
    return Files.writeString(
        directory.resolve("tokenmeter.yaml"),
        configuration(directory.resolve("home"), directory.resolve("calls.jsonl")) + more);
  }

  private static String configuration(Path home, Path calls) {
    return CONFIGURATION.formatted(home, calls)
        + Arrays.stream(Call.Kind.values())
            .map(kind -> kind.dearModel)
            .distinct()
            .map(model -> SMALL_BUDGET.formatted(smallBudget(model), model, SMALL_LIMIT))
            .collect(Collectors.joining());
  }

  /** The budget that calls to a dear model fall under. */
  static String smallBudget(String model) {
    return "pocket-money-" + model;
  }

  ClientProcess process() {
    return process;
  }

  CallLog calls() {
    return calls;
  }

  /** That no budget holds anything for a call that is over. */
  void assertNothingHeld() {
    assertThat(budgets.list()).as("budgets").isNotEmpty().allMatch(row -> row.reserved() == 0);
  }

  /** What was charged to the budget that every call falls under. */
  long charged() {
    return budgets.list().stream()
        .filter(row -> row.name().equals("ample"))
        .mapToLong(Budget::used)
        .sum();
  }

  /** What the call log says was used. */
  long logged() {
    return calls.lines().stream()
        .mapToLong(
            entry -> entry.path("input_tokens").asLong() + entry.path("output_tokens").asLong())
        .sum();
  }

  /** Ends the program; returns what it printed. */
  ForkedJvm.Result finish() {
    return process.finish();
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    process.close();
    ledger.close();
  }
}
