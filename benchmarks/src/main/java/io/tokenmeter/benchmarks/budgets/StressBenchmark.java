package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Processes spend from budgets of four levels and from grants, are killed in the middle of it, have
 * the host's clock set forward and back under them, so that rows end and are used again, and their
 * rules reloaded. At any moment no budget may have more settled and held than its limit; after
 * every round nothing may be held, what is settled for good must be what the workers' journals say,
 * and a bucket whose limit was reloaded must not have admitted more than it may.
 *
 * @param seconds how long; at least one round is run
 * @param processes how many at a time
 * @param threads of each process
 */
public record StressBenchmark(int seconds, int processes, int threads) {
  private static final String SECONDS = "--seconds";
  private static final String PROCESSES = "--processes";
  private static final String THREADS = "--threads";
  private static final int DEFAULT_SECONDS = 60;
  private static final int DEFAULT_PROCESSES = 3;
  private static final int DEFAULT_THREADS = 3;
  private static final int MAX_SECONDS = 86_400;
  private static final int MAX_COUNT = 64;

  public static StressBenchmark parse(List<String> args) throws UsageException {
    Arguments arguments = Arguments.parse(args, Set.of(SECONDS, PROCESSES, THREADS));
    return new StressBenchmark(
        arguments.count(SECONDS, DEFAULT_SECONDS, MAX_SECONDS),
        arguments.count(PROCESSES, DEFAULT_PROCESSES, MAX_COUNT),
        arguments.count(THREADS, DEFAULT_THREADS, MAX_COUNT));
  }

  /** What came of it; the last three must be 0. */
  public record Outcome(
      int rounds, int kills, long calls, long overspentTokens, long lostTokens, long leakedHolds) {
    Outcome plus(Outcome round) {
      return new Outcome(
          rounds + round.rounds,
          kills + round.kills,
          calls + round.calls,
          Math.max(overspentTokens, round.overspentTokens),
          lostTokens + round.lostTokens,
          leakedHolds + round.leakedHolds);
    }

    @Override
    public String toString() {
      return "rounds=%d kills=%d calls=%d overspent_tokens=%d lost_tokens=%d leaked_holds=%d"
          .formatted(rounds, kills, calls, overspentTokens, lostTokens, leakedHolds);
    }
  }

  /**
   * @param out gets the figures
   * @param progress is told of every round
   * @throws BenchmarkException if anything was overspent, lost or leaked
   */
  public void run(PrintStream out, PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    Outcome outcome = stress(progress);
    out.println(outcome);
    if (outcome.overspentTokens() + outcome.lostTokens() + outcome.leakedHolds() != 0) {
      throw new BenchmarkException("the budgets did not hold");
    }
  }

  /** Runs the rounds, in a directory that is removed afterwards. */
  public Outcome stress(PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    Path home = Files.createTempDirectory("tokenmeter-stress");
    try {
      try (StressRounds rounds = new StressRounds(home, processes, threads)) {
        return rounds.run(Duration.ofSeconds(seconds), progress);
      }
    } finally {
      remove(home);
    }
  }

  private static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException failed) {
                  throw new UncheckedIOException(failed);
                }
              });
    }
  }
}
