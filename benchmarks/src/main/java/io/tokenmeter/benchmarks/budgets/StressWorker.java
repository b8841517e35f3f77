package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.engine.budgets.BudgetHold;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.CallKeys;
import io.tokenmeter.engine.ledger.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A process that spends from the budgets in several threads, until it is told to stop or is killed.
 * It reads from its standard input: {@code round N}, {@code reload VARIANT}, {@code stop} (answered
 * when no thread is in a call any more), and ends with it.
 */
public final class StressWorker {
  private static final long HOUSEKEEPING_MILLIS = 100;
  private static final int MOST_RELEASED = 2_000;

  private final Path home;
  private final Budgets budgets;
  private final Ledger ledger;
  private final List<Thread> threads = new ArrayList<>();
  private volatile int round;
  private volatile boolean stopped;

  private StressWorker(Path home) throws IOException {
    this.home = home;
    SharedClock clock = new SharedClock(home.resolve("clock"));
    ledger = Ledger.open(home.resolve("state"), clock);
    budgets = new Budgets(List.of(), ledger, clock);
  }

  /** Arguments: the directory, this worker's name, the number of threads. */
  public static void main(String[] args) throws IOException, InterruptedException {
    StressWorker worker = new StressWorker(Path.of(args[0]));
    worker.keepHouse();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    int variant = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "round" ->
            worker.begin(Integer.parseInt(words[1]), args[1], Integer.parseInt(args[2]));
        case "reload" -> {
          variant = Integer.parseInt(words[1]);
          worker.budgets.replaceRules(StressRules.of(worker.round, variant));
        }
        default -> {
          worker.stop();
          System.out.println("stopped");
        }
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private void keepHouse() {
    Thread housekeeper =
        new Thread(
            () -> {
              while (true) {
                ledger.maintain();
                try {
                  Thread.sleep(HOUSEKEEPING_MILLIS);
                } catch (InterruptedException ended) {
                  return;
                }
              }
            });
    housekeeper.setDaemon(true);
    housekeeper.start();
  }

  private void begin(int round, String name, int count) throws IOException {
    this.round = round;
    stopped = false;
    budgets.replaceRules(StressRules.of(round, 0));
    for (int i = 0; i < count; i++) {
      Journal journal = new Journal(home.resolve("journal-" + round + "-" + name + "-" + i));
      Random random = new Random(round * 31L + name.hashCode() * 7L + i);
      Thread thread = new Thread(() -> spend(journal, random));
      threads.add(thread);
      thread.start();
    }
  }

  private void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  private void spend(Journal journal, Random random) {
    BudgetHold hold = budgets.newHold();
    try {
      while (!stopped) {
        call(hold, journal, random);
      }
    } catch (IOException diskFailed) {
      throw new IllegalStateException(diskFailed);
    }
  }

  private void call(BudgetHold hold, Journal journal, Random random) throws IOException {
    int user = random.nextInt(StressRules.USERS);
    CallKeys keys =
        CallKeys.of(Map.of("team", "t" + user % 3, "project", "p" + user % 2, "user", "u" + user));
    long most = 1 + random.nextInt(StressRules.MOST_TOKENS);
    // The disk is slow: so that kills find a thread in the middle of a step, most calls come to
    // nothing and need no journal.
    for (int i = random.nextInt(MOST_RELEASED); i > 0; i--) {
      if (budgets.reserve(hold, most, 0, keys) == null) {
        hold.release();
      }
    }
    if (budgets.reserve(hold, most, 0, keys) != null) {
      Thread.onSpinWait();
      return;
    }
    if (random.nextInt(4) == 0 && hold.grow(most / 2, 0).granted()) {
      most += most / 2;
    }
    hold.extend();
    if (random.nextInt(5) == 0) {
      hold.release();
      return;
    }
    long tokens = 1 + (long) (random.nextDouble() * (most - 1));
    journal.aboutToCharge(round, user, tokens);
    hold.settle(tokens, 0);
    journal.charged();
  }
}
