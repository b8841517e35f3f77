package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The word of the header is damaged that says how many rows there are. */
final class FewerRowsInHeaderTest {
  private static final Sizes SIZES = new Sizes(16, 16, 8);

  /** The file has 64 rows. */
  private static final int ACCOUNTS = 40;

  private static final int MORE = 100;

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {32, 16, 17, 1, 0, -1, Long.MIN_VALUE})
  void grow_headerSaysThereAreFewerRows_overwritesNone(long rows) throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      charge(ledger, 1, ACCOUNTS);
      assertThat(ledger.rows().capacity()).isEqualTo(64);
      ledger.memory().set(LedgerDescriptor.ROWS_OFFSET, rows);

      charge(ledger, ACCOUNTS + 1, ACCOUNTS + 1);
      assertThat(ledger.rows().capacity()).as("what the file has").isEqualTo(64);
      charge(ledger, ACCOUNTS + 2, MORE);

      assertAllThere(ledger, MORE);
      assertThat(ledger.rows().capacity()).isEqualTo(128);
      try (Ledger later = Ledger.open(home, clock)) {
        assertAllThere(later, MORE);
      }
    }
  }

  @Test
  void maintain_ofALaterProcess_losesNone() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      charge(ledger, 1, ACCOUNTS);
      ledger.memory().set(LedgerDescriptor.ROWS_OFFSET, 32);
      try (Ledger later = Ledger.open(home, clock)) {
        later.maintain();
        assertAllThere(later, ACCOUNTS);
        charge(later, ACCOUNTS + 1, MORE);
        assertAllThere(later, MORE);
      }
      assertAllThere(ledger, MORE);
      assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isZero();
    }
  }

  private static void charge(Ledger ledger, long from, long to) {
    for (long key = from; key <= to; key++) {
      LedgerHold hold = ledger.begin(ledger.now());
      AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
      long ref = hold.create(key, key, spec, false);
      hold.take(ref, key, Long.MAX_VALUE, false);
      hold.complete();
      hold.settle(key, 0);
    }
  }

  private static void assertAllThere(Ledger ledger, long accounts) {
    for (long key = 1; key <= accounts; key++) {
      long ref = ledger.find(key, key);
      assertThat(ref).as("account %d", key).isNotZero();
      assertThat(ledger.settled(ref)).as("account %d", key).isEqualTo(key);
    }
  }
}
