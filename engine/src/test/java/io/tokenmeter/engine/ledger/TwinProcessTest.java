package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANTS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_PID;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_START;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_STATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_STRIDE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two containers share a state directory, and in each of them the JVM is process 1. */
final class TwinProcessTest {
  private static final int TWIN = 1;

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @Test
  void maintain_deadProcessHadTheSameIdAndStart_isRecovered() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock)) {
      LedgerHold hold = ledger.begin(ledger.now());
      AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, 1, AccountUnit.TOKENS, "");
      long ref = hold.create(1, 1, spec, false);
      hold.take(ref, 7, 100, false);
      hold.complete();
      disown(ledger);

      ledger.maintain();

      assertThat(ledger.state(ref).held()).isZero();
    }
  }

  /** Its heartbeat was never written, so it is old. */
  private static void disown(Ledger ledger) {
    Memory memory = ledger.memory();
    ProcessHandle self = ProcessHandle.current();
    int entry = PARTICIPANTS_OFFSET + TWIN * PARTICIPANT_STRIDE;
    memory.set(entry + PARTICIPANT_PID, self.pid());
    memory.set(
        entry + PARTICIPANT_START,
        self.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    memory.setVolatile(entry + PARTICIPANT_STATE, 1);
    Slots slots = ledger.slots();
    for (int slot = 0; slot < slots.count(); slot++) {
      if (Slots.state(slots.control(slot)) == Slots.HELD) {
        slots.setControl(slot, slots.control(slot) & ~0xffff00L | TWIN << 8);
      }
    }
  }
}
