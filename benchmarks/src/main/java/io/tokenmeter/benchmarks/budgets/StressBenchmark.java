package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.UsageException;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Processes spend from budgets of four levels, are killed in the middle of it, have the host's
 * clock set forward and back under them and their rules reloaded. At any moment no budget may have
 * more settled and held than its limit; after every round nothing may be held, and what is settled
 * must be what the workers' journals say.
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

  private static final Duration ROUND = Duration.ofMillis(700);
  private static final int MOST_FORWARD_MINUTES = 40;
  private static final int MOST_BACK_MINUTES = 180;

  /** A dead process's heartbeat is old after five seconds. */
  private static final long UNTIL_DEAD_MILLIS = 6_000;

  /** Another process may be at it and without a CPU; together some seconds. */
  private static final int RECOVERIES = 100;

  private static final long RECOVERY_PAUSE_NANOS = 50_000_000;

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
      return new Rounds(home, progress).run();
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

  private final class Rounds {
    private final Path home;
    private final PrintStream progress;
    private final SharedClock clock;
    private final Random random = new Random(7);
    private final List<StressProcess> workers = new ArrayList<>();
    private int round;
    private int started;
    private int kills;
    private long calls;
    private long overspent;
    private long lost;
    private long leaked;

    Rounds(Path home, PrintStream progress) throws IOException {
      this.home = home;
      this.progress = progress;
      this.clock = new SharedClock(home.resolve("clock"));
    }

    Outcome run() throws IOException, InterruptedException, BenchmarkException {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      try (Ledger ledger = Ledger.open(home.resolve("state"), clock)) {
        do {
          round++;
          round(ledger, new Budgets(StressRules.of(round, 0), ledger, clock));
          progress.println(outcome());
        } while (System.nanoTime() < end);
      } finally {
        for (StressProcess worker : workers) {
          worker.close();
        }
      }
      return outcome();
    }

    private Outcome outcome() {
      return new Outcome(round, kills, calls, overspent, lost, leaked);
    }

    private void round(Ledger ledger, Budgets budgets)
        throws IOException, InterruptedException, BenchmarkException {
      while (workers.size() < processes) {
        workers.add(new StressProcess(home, "w" + started++, threads));
      }
      workers.forEach(worker -> worker.tell("round " + round));
      int steps = 4;
      for (int step = 0; step < steps; step++) {
        sample(budgets, System.nanoTime() + ROUND.toNanos() / steps);
        disturb(step);
      }
      int victims = 1 + random.nextInt(workers.size());
      for (int i = 0; i < victims; i++) {
        workers.remove(random.nextInt(workers.size())).kill();
        kills++;
        sample(budgets, System.nanoTime() + random.nextInt(20_000_000));
      }
      for (StressProcess worker : workers) {
        worker.stop();
      }
      account(ledger, budgets);
    }

    private void disturb(int step) {
      if (step % 2 == 0) {
        boolean forward = random.nextBoolean();
        int minutes =
            forward ? random.nextInt(MOST_FORWARD_MINUTES) : -random.nextInt(MOST_BACK_MINUTES);
        clock.step(Duration.ofMinutes(minutes).toMillis() + random.nextInt(60_000));
      }
      int variant = random.nextInt(6);
      workers.forEach(worker -> worker.tell("reload " + variant));
    }

    private void sample(Budgets budgets, long until) {
      do {
        for (Budget budget : budgets.list()) {
          long most = StressRules.highestLimit(budget.name());
          if (budget.hard()) {
            overspent = Math.max(overspent, budget.used() + budget.reserved() - most);
          }
        }
        Thread.onSpinWait();
      } while (System.nanoTime() < until);
    }

    /** The dead are recovered; then everything must add up. */
    private void account(Ledger ledger, Budgets budgets) throws IOException {
      clock.step(UNTIL_DEAD_MILLIS);
      long held = Long.MAX_VALUE;
      for (int i = 0; i < RECOVERIES && held > 0; i++) {
        ledger.maintain();
        held = budgets.list().stream().filter(budget -> budget.reserved() != 0).count();
        if (held > 0) {
          LockSupport.parkNanos(RECOVERY_PAUSE_NANOS);
        }
      }
      leaked += held;
      Journal.Totals journal = Journal.read(journals(), round);
      calls += journal.calls();
      long sum = 0;
      long doubtful = 0;
      for (int user = 0; user < StressRules.USERS; user++) {
        long charged = journal.charged().getOrDefault(user, 0L);
        long doubt = journal.doubtful().getOrDefault(user, 0L);
        lost += distance(used(budgets, StressRules.USER, "user=u" + user), charged, doubt);
        sum += charged;
        doubtful += doubt;
      }
      lost += distance(used(budgets, StressRules.ORG, ""), sum, doubtful);
    }

    private long used(Budgets budgets, String name, String scope) {
      return budgets.list().stream()
          .filter(budget -> budget.name().equals(name + round) && budget.scope().equals(scope))
          .mapToLong(Budget::used)
          .sum();
    }

    /** How far an amount is from what is certain, or that and what is doubtful. */
    private static long distance(long used, long charged, long doubtful) {
      return Math.max(0, charged - used) + Math.max(0, used - charged - doubtful);
    }

    private List<Path> journals() throws IOException {
      try (Stream<Path> files = Files.list(home)) {
        return files
            .filter(file -> file.getFileName().toString().startsWith("journal-" + round + "-"))
            .toList();
      }
    }
  }
}
