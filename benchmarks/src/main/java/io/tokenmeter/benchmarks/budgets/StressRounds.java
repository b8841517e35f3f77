package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.budgets.StressBenchmark.Outcome;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Starts workers, disturbs them, kills them, and has reckoned what they did. */
final class StressRounds implements AutoCloseable {
  /** A ledger is new after so many: a file grows most while it is small. */
  private static final int ROUNDS_OF_A_LEDGER = 4;

  private static final int STEPS = 14;
  private static final Duration STEP = Duration.ofMillis(50);
  private static final int STEPS_OF_A_RELOAD = 4;

  /** A call that begins and ends in one round must not outlive its hold, which has an hour. */
  private static final int HOURS_ROUND_MINUTES = 50;

  private static final int MOST_FORWARD_MINUTES = 48 * 60;
  private static final int MOST_BACK_MINUTES = 180;
  private static final int MOST_MILLIS = 60_000;

  private final int processes;
  private final int threads;
  private final Path home;
  private final SharedClock clock;
  private final Random random = new Random();
  private final List<StressProcess> workers = new ArrayList<>();
  private Path directory;
  private Ledger ledger;
  private int round;
  private int started;
  private Outcome outcome = new Outcome(0, 0, 0, 0, 0, 0);

  StressRounds(Path home, int processes, int threads) throws IOException {
    this.home = home;
    this.processes = processes;
    this.threads = threads;
    this.clock = new SharedClock(home.resolve("clock"));
    this.directory = home.resolve("ledger-0");
    this.ledger = Ledger.open(directory, clock);
  }

  Outcome run(Duration time, PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    long end = System.nanoTime() + time.toNanos();
    do {
      outcome = outcome.plus(round(progress));
      progress.println(outcome);
    } while (System.nanoTime() < end);
    return outcome;
  }

  private Outcome round(PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    if (round % ROUNDS_OF_A_LEDGER == 0) {
      anotherLedger();
    }
    while (workers.size() < processes) {
      StressProcess worker = new StressProcess(home, "w" + started++, threads);
      worker.tell("open " + directory);
      workers.add(worker);
    }
    StressRules rules = new StressRules(++round, clock.millis());
    Budgets budgets = new Budgets(rules.of(0), ledger, clock);
    StressReckoning reckoning = new StressReckoning(rules, budgets, ledger, processes * threads);
    workers.forEach(worker -> worker.tell("round " + round + " " + rules.start()));
    int kills = disturb(rules, budgets, reckoning);
    for (StressProcess worker : workers) {
      worker.tell("stop");
      worker.expect("stopped");
    }
    // So long after the last beat of its heart a process may be dead.
    clock.step(Duration.ofSeconds(6).toMillis());
    Outcome one = reckoning.outcome(kills, Journal.read(journals()));
    reckoning.faults().forEach(progress::println);
    return one;
  }

  private void anotherLedger() throws IOException {
    Ledger before = ledger;
    directory = home.resolve("ledger-" + (round + 1));
    ledger = Ledger.open(directory, clock);
    workers.forEach(worker -> worker.tell("open " + directory));
    before.close();
  }

  /** Sets the clock, reloads, and kills; how many processes. */
  private int disturb(StressRules rules, Budgets budgets, StressReckoning reckoning)
      throws IOException, InterruptedException, BenchmarkException {
    int kills = 0;
    int victims = 1 + random.nextInt(workers.size());
    int minutes = 0;
    for (int step = 1; step <= STEPS; step++) {
      reckoning.sample(System.nanoTime() + STEP.toNanos());
      int before = minutes;
      minutes =
          rules.ofDays()
              ? before + random.nextInt(MOST_FORWARD_MINUTES) - MOST_BACK_MINUTES
              : random.nextInt(HOURS_ROUND_MINUTES);
      long millis = Duration.ofMinutes(minutes - before).toMillis() + random.nextInt(MOST_MILLIS);
      reckoning.stepped(millis);
      clock.step(millis);
      if (step % STEPS_OF_A_RELOAD == 0) {
        reload(rules, budgets, reckoning, random.nextInt(6));
      }
      if (step > STEPS / 2 && kills < victims && random.nextInt(3) == 0) {
        kills += kill();
      }
    }
    while (kills < victims) {
      kills += kill();
      reckoning.sample(System.nanoTime() + random.nextInt(20_000_000));
    }
    return kills;
  }

  private void reload(StressRules rules, Budgets budgets, StressReckoning reckoning, int variant)
      throws IOException, BenchmarkException {
    reckoning.reloads(variant);
    workers.forEach(worker -> worker.tell("reload " + variant));
    for (StressProcess worker : workers) {
      worker.expect("reloaded");
    }
    budgets.replaceRules(rules.of(variant));
  }

  private int kill() throws InterruptedException {
    workers.remove(random.nextInt(workers.size())).kill();
    return 1;
  }

  private List<Path> journals() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("journal-" + round + "-"))
          .toList();
    }
  }

  @Override
  public void close() throws InterruptedException {
    for (StressProcess worker : workers) {
      worker.close();
    }
    ledger.close();
  }
}
