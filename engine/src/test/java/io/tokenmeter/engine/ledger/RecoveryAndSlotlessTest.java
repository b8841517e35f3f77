package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the dead held is given back at any moment of a thread that debits the same account without a
 * slot, for all are taken.
 */
final class RecoveryAndSlotlessTest {
  private static final Sizes SIZES = new Sizes(16, 2, 4);
  private static final int DEAD = 2;

  private final FakeClock clock = new FakeClock("2026-11-25T12:00:00Z");

  @ParameterizedTest
  @EnumSource(names = {"CALENDAR", "REFILL"})
  void recover_othersDebitWithoutASlot_nothingIsForgottenOrHeldForGood(AccountShape shape) {
    AccountSpec spec =
        shape == AccountShape.CALENDAR
            ? BareLedger.until(Long.MAX_VALUE - 1, 1)
            : AccountSpec.refill(1_000, 86_400_000_000L, 1, AccountUnit.TOKENS, "");
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      ByteBuffer words = BareLedger.words(SIZES);
      PausingMemory memory = new PausingMemory(words);
      Ledger ledger = BareLedger.over(memory, SIZES, clock);
      Ledger other = BareLedger.over(new Memory(words), SIZES, clock);
      long ref = BareLedger.create(ledger, 1, spec);
      BareLedger.hold(ledger, ref, 100);
      BareLedger.hold(ledger, ref, 100);
      BareLedger.giveHoldsTo(ledger, DEAD);
      LedgerHold hold = ledger.begin(ledger.now());

      memory.after(accesses, () -> BareLedger.recover(other, DEAD));
      hold.take(ref, 7, Long.MAX_VALUE, false);
      hold.settle(5, 0);
      over = memory.stop();
      BareLedger.recover(other, DEAD);

      String point = "recovered after %d accesses".formatted(accesses);
      int row = AccountRef.row(ref);
      long settled = other.rows().word(row, LedgerDescriptor.ROW_SETTLED);
      assertThat(settled).as(point).isEqualTo(shape == AccountShape.CALENDAR ? 5 : 7);
      assertThat(other.rows().word(row, LedgerDescriptor.ROW_COMMITTED))
          .as(point)
          .isEqualTo(settled);
    }
  }
}
