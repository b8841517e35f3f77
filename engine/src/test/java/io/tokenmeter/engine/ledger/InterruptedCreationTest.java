package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread creates a row although it has been interrupted, and stays interrupted. */
final class InterruptedCreationTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  private static long create(Ledger ledger, long key) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }

  private static FutureTask<Boolean> creating(Ledger ledger, long key) {
    return new FutureTask<>(
        () -> {
          Thread.currentThread().interrupt();
          boolean created = create(ledger, key) != 0;
          return created & Thread.interrupted();
        });
  }

  /** An application may open its budgets on any thread. */
  @Test
  void open_interrupted_isOpenedAndStaysInterrupted(@TempDir Path home) throws Exception {
    Thread.currentThread().interrupt();
    try (Ledger created = Ledger.open(home, clock, SIZES)) {
      assertThat(created.isShared()).isTrue();
      try (Ledger again = Ledger.open(home, clock, SIZES)) {
        assertThat(again.hashSeed()).isEqualTo(created.hashSeed());
      }
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void create_interruptedWhileRowsAreTakenBack_waitsAsOthersDo() throws Exception {
    Ledger ledger = Ledger.inMemory(clock, SIZES);
    ledger.memory().setVolatile(LedgerDescriptor.RECYCLING_OFFSET, 1);
    FutureTask<Boolean> creation = creating(ledger, 1);
    Thread creator = new Thread(creation);
    creator.start();
    while (creator.getState() != Thread.State.TIMED_WAITING && !creation.isDone()) {
      Thread.onSpinWait();
    }
    ledger.memory().setVolatile(LedgerDescriptor.RECYCLING_OFFSET, 0);

    assertThat(creation.get()).as("created, and interrupted").isTrue();
  }

  @Test
  void create_interruptedAgainAndAgainWhileTheFileGrows_isCreated(@TempDir Path home)
      throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      for (long key = 1; key <= 500; key++) {
        FutureTask<Boolean> creation = creating(ledger, key);
        Thread creator = new Thread(creation);
        creator.start();
        for (int i = 0; i < 20 && !creation.isDone(); i++) {
          creator.interrupt();
          Thread.yield();
        }
        creator.join();
        assertThat(ledger.find(key, key)).as("key %d", key).isNotZero();
      }
      assertThat(ledger.rows().capacity()).isGreaterThanOrEqualTo(512);
    }
  }
}
