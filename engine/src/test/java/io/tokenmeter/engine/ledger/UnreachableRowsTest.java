package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file has grown, and a process cannot map what is new: its address space is limited. */
final class UnreachableRowsTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final int ACCOUNTS = 24;

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @Test
  void recycle_rowsThatItCannotReach_stayOthers() throws Exception {
    try (Ledger other = Ledger.open(home, clock, SIZES);
        FileChannel channel = LedgerFile.openExisting(home.resolve(LedgerDescriptor.FILE_NAME))) {
      ByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZES.length());
      Memory memory =
          new Memory(
              words,
              length -> {
                throw new IOException("no room in the address space");
              });
      for (long key = 1; key <= ACCOUNTS; key++) {
        LedgerHold hold = other.begin(other.now());
        AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "");
        assertThat(hold.create(key, key, spec, false)).isNotZero();
        hold.release();
      }
      Ledger narrow = Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);

      narrow.maintain();

      for (long key = 1; key <= ACCOUNTS; key++) {
        assertThat(other.find(key, key)).as("account %d", key).isNotZero();
      }
      assertThat(memory.get(LedgerDescriptor.DAMAGE_OFFSET)).isZero();
    }
  }
}
