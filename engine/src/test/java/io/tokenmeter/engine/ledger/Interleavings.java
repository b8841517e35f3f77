package io.tokenmeter.engine.ledger;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs two threads over the same words in every order in which one interrupts the other up to so
 * many times, before any reading or writing of a word that both use and one of them writes. What
 * the hardware may reorder is not in it: see {@link FenceTest} for that.
 */
final class Interleavings implements AutoCloseable {
  /** Who takes so many steps more than alone waits for the other one, and lets it go on. */
  private static final int PATIENCE = 8;

  /** Each of them has the same thread in all runs: where a thread looks for a slot goes by that. */
  private final ExecutorService[] threads = {
    Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor()
  };

  /**
   * Two threads and what came of them.
   *
   * @param outcome is asked when both are done
   */
  record Scenario(SteppedMemory memory, Runnable one, Runnable two, Supplier<String> outcome) {}

  /**
   * All outcomes, and how often each came.
   *
   * @param interruptions how often at most one interrupts the other
   */
  Map<String, Integer> outcomes(int interruptions, Supplier<Scenario> begin) {
    Map<String, Integer> outcomes = new TreeMap<>();
    BitSet shared = sharedWords(begin);
    int[] alone = {0};
    for (int first = 0; first < 2; first++) {
      oneAfterTheOther(
          begin, first, (self, offset, writes) -> alone[0] += shared.get(offset) ? 1 : 0);
    }
    for (int first = 0; first < 2; first++) {
      Search search = new Search(shared, alone[0] + PATIENCE, interruptions, outcomes);
      explore(search, begin, first, new int[0]);
    }
    return outcomes;
  }

  /** Those that matter if the two run one after the other, in either order. */
  private BitSet sharedWords(Supplier<Scenario> begin) {
    BitSet[] used = {new BitSet(), new BitSet()};
    BitSet[] written = {new BitSet(), new BitSet()};
    for (int first = 0; first < 2; first++) {
      oneAfterTheOther(
          begin,
          first,
          (self, offset, writes) -> {
            used[self].set(offset);
            written[self].set(offset, writes || written[self].get(offset));
          });
    }
    written[0].and(used[1]);
    written[1].and(used[0]);
    written[0].or(written[1]);
    return written[0];
  }

  private interface Use {
    void take(int self, int offset, boolean writes);
  }

  private void oneAfterTheOther(Supplier<Scenario> begin, int first, Use use) {
    Scenario scenario = begin.get();
    for (int i = 0; i < 2; i++) {
      int self = (first + i) % 2;
      scenario.memory().onEachStep((offset, writes) -> use.take(self, offset, writes));
      get(threads[self].submit(self == 0 ? scenario.one() : scenario.two()));
    }
    scenario.memory().onEachStep(SteppedMemory.NONE);
  }

  /**
   * @param shared the offsets of the words that matter
   * @param most steps that one thread takes before it lets the other go on
   */
  private record Search(
      BitSet shared, int most, int interruptions, Map<String, Integer> outcomes) {}

  private static void get(Future<?> work) {
    try {
      work.get();
    } catch (InterruptedException | ExecutionException failed) {
      throw new AssertionError(failed);
    }
  }

  /** Whether the last interruption of the plan was still one. */
  private boolean explore(Search search, Supplier<Scenario> begin, int first, int[] plan) {
    if (plan.length == search.interruptions) {
      Run run = new Run(begin.get(), search, first, plan);
      run.go();
      search.outcomes.merge(run.scenario.outcome().get(), 1, Integer::sum);
      return run.interrupted >= plan.length;
    }
    boolean any = false;
    int[] longer = Arrays.copyOf(plan, plan.length + 1);
    for (boolean more = true; more && longer[plan.length] <= search.most; longer[plan.length]++) {
      more = explore(search, begin, first, longer);
      any |= more;
    }
    return any;
  }

  private final class Run {
    private final Scenario scenario;
    private final Search search;
    private final int[] plan;
    private final @Nullable Thread[] running = new Thread[2];
    private volatile int turn;
    private volatile boolean oneIsDone;
    private volatile int interrupted;
    private volatile int steps;

    Run(Scenario scenario, Search search, int first, int[] plan) {
      this.scenario = scenario;
      this.search = search;
      this.plan = plan;
      this.turn = first;
    }

    void go() {
      scenario.memory().onEachStep(this::step);
      Future<?> one = threads[0].submit(() -> run(0, scenario.one()));
      Future<?> two = threads[1].submit(() -> run(1, scenario.two()));
      get(one);
      get(two);
      scenario.memory().onEachStep(SteppedMemory.NONE);
    }

    private void run(int self, Runnable work) {
      running[self] = Thread.currentThread();
      await(self);
      try {
        work.run();
      } finally {
        oneIsDone = true;
        give(1 - self);
      }
    }

    private void step(int offset, boolean writes) {
      if (!search.shared.get(offset)) {
        return;
      }
      int self = running[0] == Thread.currentThread() ? 0 : 1;
      int most = interrupted < plan.length ? plan[interrupted] : search.most;
      if (!oneIsDone && steps >= most) {
        interrupted++;
        steps = 0;
        give(1 - self);
        await(self);
      }
      steps++;
    }

    private void give(int other) {
      turn = other;
      @Nullable Thread waiting = running[other];
      if (waiting != null) {
        LockSupport.unpark(waiting);
      }
    }

    private void await(int self) {
      for (int spins = 0; turn != self; spins++) {
        if (spins < 200) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(100_000);
        }
      }
    }
  }

  @Override
  public void close() {
    threads[0].shutdownNow();
    threads[1].shutdownNow();
  }
}
