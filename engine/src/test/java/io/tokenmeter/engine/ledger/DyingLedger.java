package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.BitSet;

/** A ledger whose process dies at a {@link CrashPoint}. */
public final class DyingLedger {
  /** As no ledger does that was opened: it takes the participant's number 0 all the same. */
  static final int PARTICIPANT = 0;

  private DyingLedger() {}

  /**
   * Opens the ledger of a directory; the file must be there.
   *
   * @param point counts what is written to mapped words and, by making it longer, to the file
   */
  public static Ledger open(Path directory, CrashPoint point, InstantSource clock)
      throws IOException {
    Path file = directory.resolve(LedgerDescriptor.FILE_NAME);
    Memory header = new Memory(map(file, LedgerDescriptor.HEADER_LENGTH));
    LedgerDescriptor.Sizes sizes =
        new LedgerDescriptor.Sizes(
            (int) header.get(LedgerDescriptor.FIRST_ROWS_OFFSET),
            (int) header.get(LedgerDescriptor.SLOTS_OFFSET),
            (int) header.get(LedgerDescriptor.PARTICIPANTS_COUNT_OFFSET),
            (int) header.get(LedgerDescriptor.BUCKETS_OFFSET));
    ByteBuffer words = map(file, sizes.length(header.get(LedgerDescriptor.ROWS_OFFSET)));
    Memory memory = new CrashingMemory(words, length -> map(file, length), point);
    FileGrowth growth =
        new FileGrowth(
            memory, sizes, CrashingFiles.at(directory, point), CrashingFiles.at(file, point));
    return Ledger.over(new LedgerFile.Opened(memory, sizes, growth), clock);
  }

  private static ByteBuffer map(Path file, long length) throws IOException {
    try (FileChannel channel = LedgerFile.openExisting(file)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
    }
  }

  /** Closes windows as housekeeping does, by a ledger that has no neighbours. */
  public static void closeWindows(Ledger ledger, ClosedRows sink, InstantSource clock)
      throws IOException {
    RecordedSums recorded = new RecordedSums(ledger.memory(), ledger.rows());
    new WindowCloser(ledger.rows(), recorded, ledger).close(sink, clock.millis());
  }

  /** Ends what the dead one left open; how many calls that were. */
  public static int recover(Ledger survivor) {
    BitSet dead = new BitSet();
    dead.set(PARTICIPANT);
    return new Recovery(survivor.memory(), survivor.rows(), survivor.slots(), survivor.accounts())
        .endSlotsOf(dead);
  }
}
