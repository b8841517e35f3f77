package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody clears the state directory while processes use it. */
final class RemovedLedgerTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final int ACCOUNTS = 40;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  @TempDir Path home;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = home.resolve(LedgerDescriptor.FILE_NAME);
  }

  @Test
  void maintain_fileIsGone_isNotSharedAndGoesOn() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      ledger.maintain();
      assertThat(ledger.isShared()).isTrue();

      Files.delete(file);
      ledger.maintain();

      assertThat(ledger.isShared()).isFalse();
      assertThat(create(ledger, 1)).isNotZero();
    }
  }

  @Test
  void maintain_directoryIsGone_goesOnAndKeepsHouse() throws Exception {
    try (Ledger ledger = Ledger.open(home, clock, SIZES)) {
      long ref = create(ledger, 1);
      LedgerHold overdue = ledger.begin(ledger.now());
      overdue.take(ref, 10, 100, false);
      overdue.complete();
      try (Stream<Path> files = Files.list(home)) {
        for (Path each : files.toList()) {
          Files.delete(each);
        }
      }
      Files.delete(home);
      clock.advance(Duration.ofHours(2));

      ledger.maintain();

      assertThat(ledger.isShared()).isFalse();
      assertThat(ledger.state(ref).held()).as("given back").isZero();
    }
    Files.createDirectory(home);
  }

  @Test
  void maintain_anotherFileInItsPlace_isNotShared() throws Exception {
    try (Ledger old = Ledger.open(home, clock, SIZES)) {
      Files.delete(file);
      try (Ledger fresh = Ledger.open(home, clock, SIZES)) {
        old.maintain();
        fresh.maintain();

        assertThat(old.isShared()).isFalse();
        assertThat(fresh.isShared()).isTrue();
      }
    }
  }

  @Test
  void grow_anotherFileInItsPlace_leavesThatAlone() throws Exception {
    try (Ledger old = Ledger.open(home, clock, SIZES)) {
      Files.delete(file);
      try (Ledger fresh = Ledger.open(home, clock, SIZES)) {
        for (long key = 1; key <= ACCOUNTS; key++) {
          assertThat(create(fresh, key)).isNotZero();
        }
        long length = Files.size(file);

        for (long key = 1; key <= ACCOUNTS; key++) {
          create(old, key);
        }
        old.maintain();

        assertThat(old.rows().capacity()).as("the old one cannot grow").isEqualTo(SIZES.rows());
        assertThat(Files.size(file)).isEqualTo(length);
        for (long key = 1; key <= ACCOUNTS; key++) {
          assertThat(fresh.find(key, key)).as("account %d", key).isNotZero();
        }
      }
    }
  }

  private static long create(Ledger ledger, long key) {
    LedgerHold hold = ledger.begin(ledger.now());
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
    try {
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }
}
