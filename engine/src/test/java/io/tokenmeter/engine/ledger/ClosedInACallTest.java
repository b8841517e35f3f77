package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process closes its ledger while a call of its own is in the middle of a reservation. The call
 * goes on: what it holds is its own until it ends, or its process does.
 */
final class ClosedInACallTest {
  @TempDir Path home;
  private final FakeClock clock = new FakeClock(Instant.now().toString());
  private Ledger ledger;
  private Budgets budgets;
  private WorkerProcess worker;

  @BeforeEach
  void start() throws Exception {
    ledger = Ledger.open(home, clock);
    budgets = new Budgets(ClosingWorker.rules(), ledger, clock);
    worker = new WorkerProcess(home, ClosingWorker.class);
    assertThat(worker.answer()).isEqualTo("closed");
    clock.advance(Duration.ofMinutes(10));
  }

  @AfterEach
  void end() throws Exception {
    worker.kill();
    ledger.close();
  }

  @Test
  void close_callIsInTheMiddle_othersLeaveItsSlotToIt() throws Exception {
    ledger.maintain();
    LedgerHold next = ledger.begin(ledger.now());

    assertThat(worker.ask("go on")).isEqualTo("reserved");
    ledger.maintain();
    assertThat(budgets.list()).extracting(Budget::reserved).containsExactly(40L, 40L);
    next.release();
    assertThat(worker.ask("go on")).isEqualTo("settled");

    assertThat(budgets.list()).extracting(Budget::used).containsExactly(30L, 30L);
    assertThat(budgets.list()).extracting(Budget::reserved).containsExactly(0L, 0L);
    assertThat(slotsInUse()).isZero();
  }

  @Test
  void close_callIsInTheMiddleAndTheProcessDies_givesBackWhatItHeld() throws Exception {
    worker.kill();
    ledger.maintain();

    List<Budget> list = budgets.list();
    assertThat(list).extracting(Budget::used).containsExactly(0L, 0L);
    assertThat(list).extracting(Budget::reserved).containsExactly(0L, 0L);
    assertThat(slotsInUse()).isZero();
  }

  private int slotsInUse() {
    int used = 0;
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      used += Slots.state(ledger.slots().control(slot)) == Slots.FREE ? 0 : 1;
    }
    return used;
  }
}
