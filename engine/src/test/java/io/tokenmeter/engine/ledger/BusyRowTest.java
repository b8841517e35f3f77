package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process dies while a living one never gets through with one of the rows that both hold. */
final class BusyRowTest {
  @TempDir Path home;
  private final FakeClock clock = new FakeClock(Instant.now().toString());
  private Ledger ledger;
  private Budgets budgets;
  private WorkerProcess dead;

  @BeforeEach
  void start() throws Exception {
    ledger = Ledger.open(home, clock);
    budgets = new Budgets(LedgerWorker.rules(), ledger, clock);
    dead = new WorkerProcess(home);
    assertThat(dead.answer()).isEqualTo("ready");
    dead.ask("open");
    assertThat(dead.ask("hold ann 300")).isEqualTo("held");
    assertThat(dead.ask("hold bob 50")).isEqualTo("held");
    dead.kill();
    clock.advance(Duration.ofMinutes(10));
  }

  @AfterEach
  void end() throws Exception {
    dead.kill();
    ledger.close();
  }

  @Test
  void maintain_oneRowOfTheDeadNeverStandsStill_givesBackWhatIsHeldInTheOthers() {
    LedgerHold own = ledger.begin(ledger.now());
    own.take(row("user=ann"), 7, Long.MAX_VALUE, false);
    own.complete();
    int slot = slotThatHolds(7);
    long held = ledger.slots().control(slot);
    // A thread without a CPU, in the middle of a settlement.
    ledger.slots().setControl(slot, Slots.inState(held, Slots.CHARGING));

    ledger.maintain();

    assertThat(reserved("user", "user=ann")).isEqualTo(307);
    assertThat(reserved("user", "user=bob")).isZero();
    assertThat(reserved("team", "")).isZero();
    assertThat(recovered()).isEqualTo(1);

    ledger.slots().setControl(slot, held);
    ledger.maintain();
    assertThat(reserved("user", "user=ann")).isEqualTo(7);
    assertThat(recovered()).isEqualTo(2);
    own.settle(5, 0);
    assertThat(budgets.list()).extracting(Budget::reserved).containsOnly(0L);
    assertThat(ledger.settled(row("user=ann"))).isEqualTo(5);
    assertThat(ledger.settled(row("user=bob"))).isZero();
  }

  private long row(String label) {
    for (int row = 0; row < ledger.rows().begun(); row++) {
      if (ledger.rows().label(row).equals(label)) {
        return ledger.rows().ref(row);
      }
    }
    throw new AssertionError("no row " + label);
  }

  private int slotThatHolds(long amount) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      if (ledger.slots().held(slot, 0) == amount) {
        return slot;
      }
    }
    throw new AssertionError("no slot holds " + amount);
  }

  private long recovered() {
    return ledger.memory().get(LedgerDescriptor.HOLDS_RECOVERED_OFFSET);
  }

  private long reserved(String name, String scope) {
    return budgets.list().stream()
        .filter(budget -> budget.name().equals(name) && budget.scope().equals(scope))
        .mapToLong(Budget::reserved)
        .sum();
  }
}
