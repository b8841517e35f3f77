package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is stopped, as by a debugger, where others wait for it. Calls wait for about 100 ms in
 * all; what is asserted is far from what it would be if each thread, or each row, waited anew.
 */
final class StoppedProcessTest {
  private static final int MANY = 20;
  private static final Duration FEW_WAITS = Duration.ofMillis(1_000);

  @TempDir Path home;
  private final FakeClock clock = new FakeClock(Instant.now().toString());
  private final ExecutorService pool = Executors.newFixedThreadPool(MANY);
  private WorkerProcess worker;

  @BeforeEach
  void start() throws Exception {
    worker = new WorkerProcess(home, StoppingWorker.class);
  }

  @AfterEach
  void end() throws Exception {
    worker.kill();
    pool.shutdownNow();
  }

  private void stop(String what) throws Exception {
    assertThat(worker.ask(what)).isEqualTo("stopped");
    worker.signal("STOP");
  }

  private void goOn() throws Exception {
    worker.signal("CONT");
    assertThat(worker.ask("go on")).isEqualTo("went on");
  }

  /** Keys that a ledger of 16 rows has room for. */
  private static void fill(Ledger ledger) {
    for (long key = 1; key <= 14; key++) {
      assertThat(create(ledger, key)).isNotZero();
    }
  }

  private static long create(Ledger ledger, long key) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      return create(hold, key);
    } finally {
      hold.release();
    }
  }

  private static long create(LedgerHold hold, long key) {
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
    return hold.create(key, key, spec, false);
  }

  @Test
  void grow_anotherProcessStoppedOverIt_noThreadWaitsForTheOthersToo() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, new Sizes(16, 64, 4))) {
      fill(ledger);
      stop(LedgerDescriptor.GROWTH_LOCK_NAME);

      List<Callable<Long>> calls = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        long key = 100 + i;
        calls.add(() -> create(ledger, key));
      }
      long begun = System.nanoTime();
      for (Future<Long> created : pool.invokeAll(calls)) {
        assertThat(created.get()).isZero();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(FEW_WAITS);

      goOn();
      assertThat(create(ledger, 100)).isNotZero();
    }
  }

  @Test
  void grow_anotherProcessStoppedOverIt_aCallWaitsOnceForAllItsRows() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, new Sizes(16, 64, 4))) {
      fill(ledger);
      stop(LedgerDescriptor.GROWTH_LOCK_NAME);
      LedgerHold hold = ledger.begin(ledger.now());

      long begun = System.nanoTime();
      for (long key = 100; key < 100 + MANY; key++) {
        assertThat(create(hold, key)).isZero();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(FEW_WAITS);
      hold.release();
    }
  }

  @Test
  void grow_anotherProcessStoppedWithTheHostsLock_doesNotWaitForIt() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, new Sizes(16, 64, 4))) {
      fill(ledger);
      stop(LedgerDescriptor.LOCK_NAME);

      assertThat(create(ledger, 100)).isNotZero();
    }
  }

  /** As housekeeping does while it recovers the dead. */
  @Test
  void grow_anotherThreadHasTheMonitor_doesNotWaitForIt() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, new Sizes(16, 64, 4))) {
      fill(ledger);
      Future<Long> created;
      synchronized (LockFile.JVM_MONITOR) {
        created = pool.submit(() -> create(ledger, 100));
        assertThat(created.get(10, TimeUnit.SECONDS)).isNotZero();
      }
    }
  }

  @Test
  void create_recyclersProcessStopped_waitsOnceAndForNewKeysOnly() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(rules(), ledger, clock);
      assertThat(reserve(budgets, "ann")).isTrue();
      LedgerHold over = ledger.begin(ledger.now());
      over.create(1, 1, AccountSpec.until(clock.millis(), 1, AccountUnit.TOKENS, ""), false);
      over.release();
      stop("recycle");
      assertThat(ledger.recycler()).isEqualTo(worker.pid());

      assertThat(reserve(budgets, "ann")).as("has its rows").isTrue();
      long begun = System.nanoTime();
      assertThat(reserve(budgets, "bob")).isFalse();
      assertThat(ledger.isStuck(worker.pid())).as("later calls do not wait at all").isTrue();
      for (int i = 0; i < MANY; i++) {
        assertThat(reserve(budgets, "user-" + i)).isFalse();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(FEW_WAITS);

      goOn();
      assertThat(reserve(budgets, "bob")).isTrue();
      assertThat(ledger.isStuck(worker.pid())).isFalse();
      assertThat(ledger.find(1, 1)).as("taken back in the end").isZero();
    }
  }

  @Test
  void create_recyclersProcessStoppedAndDied_goesOnWhenItsWorkIsFinished() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      Budgets budgets = new Budgets(rules(), ledger, clock);
      LedgerHold over = ledger.begin(ledger.now());
      over.create(1, 1, AccountSpec.until(clock.millis(), 1, AccountUnit.TOKENS, ""), false);
      over.release();
      stop("recycle");
      assertThat(reserve(budgets, "bob")).isFalse();
      worker.kill();

      ledger.maintain();

      assertThat(reserve(budgets, "bob")).isTrue();
    }
  }

  private static List<BudgetRule> rules() {
    List<BudgetRule> rules = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rules.add(
          BudgetRule.named("rule" + i)
              .per(List.of("user"))
              .limit(Budget.Unit.TOKENS, 1_000)
              .window(Window.MONTH)
              .hard(i == 7)
              .build());
    }
    return rules;
  }

  private static boolean reserve(Budgets budgets, String user) {
    if (budgets.reserve(1, 0, Map.of("user", user)) instanceof Admission.Granted granted) {
      granted.hold().release();
      return true;
    }
    return false;
  }
}
