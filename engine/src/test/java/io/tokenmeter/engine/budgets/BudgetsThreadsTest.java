package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads on the same rows: every token is accounted for. */
final class BudgetsThreadsTest {
  private static final int THREADS = 4;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);
  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS + 1);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  @Test
  void reserveAndSettle_byManyThreads_neverPassTheLimitAndSumUpExactly() throws Exception {
    Budgets budgets =
        new Budgets(
            List.of(rule("org", List.of(), 400_000), rule("user", List.of("user"), 250_000)),
            ledger,
            clock);
    AtomicLong settled = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Future<Long> watcher = pool.submit(() -> mostCommitted(budgets, done));

    inAllThreads(
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          for (int i = 0; i < 20_000; i++) {
            long tokens = random.nextInt(100);
            Admission admission =
                budgets.reserve(tokens, 0, Map.of("user", "u" + random.nextInt(3)));
            if (admission instanceof Admission.Granted granted) {
              if (random.nextInt(4) == 0) {
                granted.hold().release();
              } else {
                long actual = random.nextLong(tokens + 1);
                granted.hold().settle(actual, 0);
                settled.addAndGet(actual);
              }
            }
          }
        });
    done.set(true);

    assertThat(watcher.get()).isBetween(1L, 400_000L);
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(sum(budgets, "org")).isEqualTo(settled.get());
    assertThat(sum(budgets, "user")).isEqualTo(settled.get());
  }

  @Test
  void settle_byManyThreadsAtOnce_countsOnce() throws Exception {
    Budgets budgets = new Budgets(List.of(rule("org", List.of(), 1 << 30)), ledger, clock);
    for (int i = 0; i < 2_000; i++) {
      Admission.Hold hold = ((Admission.Granted) budgets.reserve(10, 0, Map.of())).hold();
      clock.advance(Duration.ofMillis(1));
      inAllThreads(thread -> hold.settle(7, 0));
    }
    assertThat(sum(budgets, "org")).isEqualTo(14_000);
    assertThat(budgets.list().get(0).reserved()).isZero();
  }

  @Test
  void reserve_newKeysWhileRowsAreTakenBack_losesNothing() throws Exception {
    Budgets budgets =
        new Budgets(List.of(rule("user", List.of("user"), Long.MAX_VALUE)), ledger, clock);
    AtomicLong settled = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Future<Long> housekeeper =
        pool.submit(
            () -> {
              long runs = 0;
              while (!done.get()) {
                clock.advance(Duration.ofHours(13));
                ledger.maintain();
                runs++;
              }
              return runs;
            });

    inAllThreads(
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          for (int i = 0; i < 20_000; i++) {
            String user = "u" + random.nextInt(300);
            Admission admission = budgets.reserve(5, 0, Map.of("user", user));
            assertThat(admission).isInstanceOf(Admission.Granted.class);
            ((Admission.Granted) admission).hold().settle(2, 0);
            settled.addAndGet(2);
          }
        });
    done.set(true);
    assertThat(housekeeper.get()).isPositive();

    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(budgets.list().stream().map(Budget::scope)).doesNotHaveDuplicates();
  }

  private static long mostCommitted(Budgets budgets, AtomicBoolean done) {
    long most = 0;
    while (!done.get()) {
      for (Budget budget : budgets.list()) {
        assertThat(budget.remaining()).isNotNegative();
        most = Math.max(most, budget.used() + budget.reserved());
      }
    }
    return most;
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private void inAllThreads(Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      tasks.add(
          () -> {
            start.await();
            work.run(thread);
            return null;
          });
    }
    for (Future<Void> future : pool.invokeAll(tasks)) {
      future.get();
    }
  }

  private static long sum(Budgets budgets, String name) {
    return budgets.list().stream()
        .filter(budget -> budget.name().equals(name))
        .mapToLong(Budget::used)
        .sum();
  }

  private static BudgetRule rule(String name, List<String> per, long limit) {
    return BudgetRule.named(name)
        .per(per)
        .limit(Budget.Unit.TOKENS, limit)
        .window(Window.DAY)
        .build();
  }
}
