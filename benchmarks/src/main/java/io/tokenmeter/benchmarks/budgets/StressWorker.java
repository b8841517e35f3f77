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
import java.util.Random;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A process that spends from the budgets in several threads, until it is told to stop or is killed.
 * It reads from its standard input, and ends with it:
 *
 * <ul>
 *   <li>{@code open DIRECTORY}: uses the ledger there from now on
 *   <li>{@code round N START}: begins to spend
 *   <li>{@code reload VARIANT}: answered when no call goes by the rules before any more
 *   <li>{@code stop}: answered when no thread is in a call any more
 * </ul>
 */
public final class StressWorker {
  private static final long HOUSEKEEPING_MILLIS = 20;
  private static final int MOST_RELEASED = 600;

  /** Of the calls that need no journal, one in so many is for a key that comes and goes. */
  private static final int PASSING = 4;

  /** How many calls a stream outlasts. */
  private static final int STREAM_CALLS = 8;

  /** A key is in use for about a second. */
  private static final int KEYS = 64;

  private static final int KEY_LIFE_SHIFT = 24;

  private final Path home;
  private final String name;
  private final int count;
  private final SharedClock clock;
  private final ReadWriteLock reload = new ReentrantReadWriteLock();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Ledger ledger;
  private volatile Budgets budgets;
  private volatile StressRules rules = new StressRules(0, 0);
  private volatile boolean stopped;

  private StressWorker(Path home, String name, int count) throws IOException {
    this.home = home;
    this.name = name;
    this.count = count;
    this.clock = new SharedClock(home.resolve("clock"));
    this.ledger = Ledger.inMemory(clock);
    this.budgets = new Budgets(List.of(), ledger, clock);
  }

  /** Arguments: the directory, this worker's name, the number of threads. */
  public static void main(String[] args) throws IOException, InterruptedException {
    StressWorker worker = new StressWorker(Path.of(args[0]), args[1], Integer.parseInt(args[2]));
    worker.keepHouse();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "open" -> worker.open(Path.of(words[1]));
        case "round" ->
            worker.begin(new StressRules(Integer.parseInt(words[1]), Long.parseLong(words[2])));
        case "reload" -> {
          worker.reload(Integer.parseInt(words[1]));
          System.out.println("reloaded");
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

  private void open(Path directory) throws IOException {
    Ledger before = ledger;
    ledger = Ledger.open(directory, clock);
    budgets = new Budgets(List.of(), ledger, clock);
    before.close();
  }

  private void begin(StressRules round) throws IOException {
    rules = round;
    stopped = false;
    budgets.replaceRules(round.of(0));
    for (int i = 0; i < count; i++) {
      String thread = name + "-" + i;
      Journal journal = new Journal(home.resolve("journal-" + round.number() + "-" + thread));
      Random random = new Random(round.number() * 31L + thread.hashCode());
      threads.add(new Thread(() -> spend(journal, thread, random)));
    }
    threads.forEach(Thread::start);
  }

  private void reload(int variant) {
    budgets.replaceRules(rules.of(variant));
    // Whoever is in a call still goes by the rules before.
    reload.writeLock().lock();
    reload.writeLock().unlock();
  }

  private void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  private void spend(Journal journal, String thread, Random random) {
    BudgetHold hold = budgets.newHold();
    BudgetHold passing = budgets.newHold();
    @Nullable Stream stream = null;
    try {
      for (int i = 0; !stopped; i++) {
        reload.readLock().lock();
        try {
          call(hold, passing, journal, thread + "-" + i, random);
          if (i % STREAM_CALLS == 0) {
            end(stream, journal);
            stream = stream(thread + "-s" + i, random);
          }
        } finally {
          reload.readLock().unlock();
        }
      }
      end(stream, journal);
      journal.close();
    } catch (IOException diskFailed) {
      throw new IllegalStateException(diskFailed);
    }
  }

  private void call(
      BudgetHold hold, BudgetHold passing, Journal journal, String order, Random random)
      throws IOException {
    int user = random.nextInt(StressRules.USERS);
    boolean paced = random.nextInt(3) == 0;
    CallKeys keys = CallKeys.of(StressRules.paid(user, order, key(random), paced));
    long most = 1 + random.nextInt(StressRules.MOST_TOKENS);
    // The disk is slow: so that kills and recyclers find a thread in the middle of a step, most
    // calls need no journal. They come to nothing, or spend from budgets that come and go.
    for (int i = random.nextInt(MOST_RELEASED); i > 0; i--) {
      if (i % PASSING == 0) {
        pass(passing, most, random);
      } else if (budgets.reserve(hold, most, 0, keys) == null) {
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
    journal.aboutToCharge(user, order, paced, tokens);
    hold.settle(tokens, 0);
    journal.charged();
  }

  /** A call that goes on while others come and go, the clock is set and rows are taken back. */
  private record Stream(BudgetHold hold, int user, String order, long tokens) {}

  private @Nullable Stream stream(String order, Random random) {
    int user = random.nextInt(StressRules.USERS);
    CallKeys keys = CallKeys.of(StressRules.paid(user, order, key(random), false));
    long tokens = 1 + random.nextInt(StressRules.MOST_TOKENS);
    BudgetHold hold = budgets.newHold();
    return budgets.reserve(hold, tokens, 0, keys) == null
        ? new Stream(hold, user, order, tokens)
        : null;
  }

  private static void end(@Nullable Stream stream, Journal journal) throws IOException {
    if (stream != null) {
      journal.aboutToCharge(stream.user(), stream.order(), false, stream.tokens());
      stream.hold().settle(stream.tokens(), 0);
      journal.charged();
    }
  }

  private void pass(BudgetHold hold, long most, Random random) {
    CallKeys keys = CallKeys.of(StressRules.passing(key(random)));
    if (budgets.reserve(hold, most, 0, keys) == null) {
      hold.settle(most / 2, 0);
    }
  }

  /** All processes of the host have the same at one time, and others after a while. */
  private static String key(Random random) {
    return "k" + ((System.nanoTime() >>> KEY_LIFE_SHIFT) + random.nextInt(KEYS));
  }
}
