package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be found where the ledger should be. */
final class LedgerFileTest {
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve(LedgerDescriptor.FILE_NAME);
  }

  @Test
  void open_again_findsWhatWasThere() throws IOException {
    long seed;
    try (Ledger ledger = Ledger.open(directory, clock)) {
      seed = ledger.hashSeed();
      assertThat(ledger.isShared()).isTrue();
    }
    try (Ledger ledger = Ledger.open(directory, clock)) {
      assertThat(ledger.hashSeed()).isEqualTo(seed);
    }
    assertThat(Files.size(file)).isEqualTo(LedgerDescriptor.Sizes.DEFAULT.length());
  }

  @Test
  void open_creationDiedHalfWay_startsOver() throws IOException {
    Files.writeString(directory.resolve(LedgerDescriptor.FILE_NAME + ".new"), "half a file");

    Ledger.open(directory, clock).close();

    assertThat(Files.size(file)).isEqualTo(LedgerDescriptor.Sizes.DEFAULT.length());
    assertThat(directory.resolve(LedgerDescriptor.FILE_NAME + ".new")).doesNotExist();
  }

  @Test
  void open_otherSizes_goesByTheFilesOwn() throws IOException {
    Ledger.open(directory, clock, new LedgerDescriptor.Sizes(64, 32, 8)).close();

    try (Ledger ledger = Ledger.open(directory, clock)) {
      assertThat(ledger.rows().capacity()).isEqualTo(64);
      assertThat(ledger.slots().count()).isEqualTo(32);
    }
  }

  @Test
  void open_emptyOrShortFile_saysSo() throws IOException {
    Files.write(file, new byte[0]);
    assertRefused("is cut short: it has 0 bytes");
    Files.write(file, new byte[4095]);
    assertRefused("is cut short");
  }

  @Test
  void open_truncatedFile_saysSo() throws IOException {
    Ledger.open(directory, clock).close();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }

    assertRefused("is damaged");
  }

  @Test
  void open_somethingElse_saysSo() throws IOException {
    Files.write(file, new byte[100_000]);

    assertRefused("is not a ledger");
  }

  @Test
  void open_otherVersion_saysSo() throws IOException {
    Ledger.open(directory, clock).close();
    overwrite(LedgerDescriptor.VERSION_OFFSET, 99);

    assertRefused("has layout version 99, expected 3");
  }

  @Test
  void open_nonsenseSizes_saysSo() throws IOException {
    Ledger.open(directory, clock).close();
    for (long rows : new long[] {0, -1, 3, 4095, 4097, 8192, 1L << 40, Long.MAX_VALUE}) {
      overwrite(LedgerDescriptor.ROWS_OFFSET, rows);
      assertRefused("is damaged");
    }
  }

  @Test
  void open_symbolicLink_isNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Ledger.open(elsewhere, clock).close();
    Files.createSymbolicLink(file, elsewhere.resolve(LedgerDescriptor.FILE_NAME));

    assertRefused("symbolic links are not followed");
  }

  @Test
  void open_danglingLink_createsNothingBehindIt() throws IOException {
    Path target = directory.resolve("target");
    Files.createSymbolicLink(file, target);

    assertRefused("symbolic links are not followed");
    assertThat(target).doesNotExist();
  }

  @Test
  void open_lockFileIsALink_isNotFollowed() throws IOException {
    Path target = directory.resolve("target");
    Files.createSymbolicLink(directory.resolve(LedgerDescriptor.LOCK_NAME), target);

    assertRefused("cannot be used");
    assertThat(target).doesNotExist();
  }

  @Test
  void open_directoryInItsPlace_saysSo() throws IOException {
    Files.createDirectory(file);

    assertRefused("is not a regular file");
  }

  @Test
  void open_stateDirectoryIsAFile_saysSo() throws IOException {
    Path notDirectory = Files.writeString(directory.resolve("plain"), "");

    assertThatThrownBy(() -> Ledger.open(notDirectory, clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a directory");
  }

  @Test
  void open_writableByOthers_isRefused() throws IOException {
    Ledger.open(directory, clock).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));

    assertRefused("expected mode 0600");
  }

  @Test
  void open_directoryThatCannotBeWritten_saysSo() throws IOException {
    Path unwritable = Files.createDirectory(directory.resolve("read-only"));
    Files.setPosixFilePermissions(unwritable, PosixFilePermissions.fromString("r-x------"));
    // The superuser may write there all the same, but not into a file system without files.
    Path home = Files.isWritable(unwritable) ? Path.of("/proc/tokenmeter") : unwritable;

    assertThatThrownBy(() -> Ledger.open(home, clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(home.toString())
        .hasMessageContaining("cannot be used");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Ledger.open(directory, clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message);
  }

  private void overwrite(int offset, long value) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(word.putLong(0, value), offset);
    }
  }
}
