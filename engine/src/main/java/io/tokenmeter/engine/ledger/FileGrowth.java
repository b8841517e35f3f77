package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.MAX_ROWS;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SEED_OFFSET;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Doubles the rows of a ledger file, up to a block at a time. Zeros are written behind the last
 * row, so that their blocks exist and a full disk shows here; only then does the header say that
 * there are more. Whoever dies in between leaves zeros that the next one writes again.
 */
final class FileGrowth implements Growth {
  /** 16 MB, some ten milliseconds. */
  private static final int MAX_BLOCK = 1 << 16;

  private static final int TRIES = 200;
  private static final long TRY_NANOS = 500_000;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Memory memory;
  private final Sizes sizes;
  private final Path directory;
  private final Path file;
  private volatile boolean failing;

  FileGrowth(Memory memory, Sizes sizes, Path directory, Path file) {
    this.memory = memory;
    this.sizes = sizes;
    this.directory = directory;
    this.file = file;
  }

  @Override
  public boolean grow(boolean retry) {
    long before = memory.getVolatile(ROWS_OFFSET);
    if (before >= MAX_ROWS || (failing && !retry)) {
      return false;
    }
    boolean interrupted = Thread.interrupted();
    try {
      return growOnce(before);
    } catch (IOException | RuntimeException failed) {
      if (!failing) {
        LOG.warn(
            "tokenmeter: the ledger {} cannot grow beyond {} rows ({}); new keys share a row, or are"
                + " refused, until there is room",
            file,
            before,
            failed.toString());
      }
      failing = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean growOnce(long before) throws IOException {
    synchronized (LockFile.JVM_MONITOR) {
      for (int i = 0; i < TRIES; i++) {
        if (memory.getVolatile(ROWS_OFFSET) > before) {
          return true;
        }
        try (LockFile lock = LockFile.tryLock(directory.resolve(LedgerDescriptor.LOCK_NAME))) {
          if (lock != null) {
            if (memory.getVolatile(ROWS_OFFSET) == before) {
              append(before, Math.min(MAX_ROWS, before + Math.min(before, MAX_BLOCK)));
            }
            failing = false;
            return true;
          }
        }
        LockSupport.parkNanos(TRY_NANOS);
      }
    }
    return false;
  }

  private void append(long before, long after) throws IOException {
    try (FileChannel channel = LedgerFile.openExisting(file)) {
      LedgerFile.requireSeed(file, channel, memory.get(SEED_OFFSET));
      LedgerFile.writeZeros(channel, sizes.length(before), sizes.length(after));
    }
    if (!memory.reach(sizes.length(after))) {
      throw new IOException("the longer file cannot be mapped");
    }
    memory.setVolatile(ROWS_OFFSET, after);
  }
}
