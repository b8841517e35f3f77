package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.MAX_ROWS;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SEED_OFFSET;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Doubles the rows of a ledger file, up to a block at a time. Zeros are written behind the end of
 * the file, so that their blocks exist and a full disk shows here; only then does the header say
 * that there are more. Whoever dies in between leaves zeros, of which the next one makes rows.
 *
 * <p>Under a lock of its own: a call must not wait for whoever recovers the dead or takes rows
 * back, which is neither hindered by more rows nor in the way of them.
 */
final class FileGrowth implements Growth {
  /** As {@link LockFile#JVM_MONITOR}, for this one lock. Had for one attempt only. */
  private static final Object JVM_MONITOR = "io.tokenmeter.engine.ledger: growth";

  /** 16 MB, some ten milliseconds. */
  private static final int MAX_BLOCK = 1 << 16;

  private static final long TRY_NANOS = 1_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Memory memory;
  private final Sizes sizes;
  private final Path file;
  private final Path lockFile;

  /** Of all threads that need rows one tries, the others look now and then whether it has. */
  private final ReentrantLock trying = new ReentrantLock();

  private volatile boolean failing;

  FileGrowth(Memory memory, Sizes sizes, Path directory, Path file) {
    this.memory = memory;
    this.sizes = sizes;
    this.file = file;
    this.lockFile = directory.resolve(LedgerDescriptor.GROWTH_LOCK_NAME);
  }

  @Override
  public boolean grow(boolean retry, Patience patience) {
    long before = memory.getVolatile(ROWS_OFFSET);
    if (before >= MAX_ROWS) {
      return false;
    }
    // It would close the channels.
    boolean interrupted = Thread.interrupted();
    try {
      do {
        if (memory.getVolatile(ROWS_OFFSET) > before) {
          return true;
        }
        if (failing && !retry) {
          return false;
        }
        if (trying.tryLock()) {
          try {
            if (tryToGrow(before)) {
              return true;
            }
          } finally {
            trying.unlock();
          }
        }
      } while (patience.pause(TRY_NANOS));
      return memory.getVolatile(ROWS_OFFSET) > before;
    } catch (IOException | RuntimeException failed) {
      fail(before, failed);
      return false;
    } finally {
      patience.restoreInterrupt();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void fail(long before, Exception failed) {
    if (!failing) {
      LOG.warn(
          "tokenmeter: the ledger {} cannot grow beyond {} rows ({}); new keys share a row, or are"
              + " refused, until there is room",
          file,
          before,
          failed.toString());
    }
    failing = true;
  }

  /** False if another process is at it, or an interrupt came. */
  private boolean tryToGrow(long before) throws IOException {
    synchronized (JVM_MONITOR) {
      try (LockFile lock = LockFile.tryLock(lockFile)) {
        if (lock == null) {
          return false;
        }
        if (memory.getVolatile(ROWS_OFFSET) == before) {
          append(before);
        }
        failing = false;
        return true;
      } catch (ClosedByInterruptException interrupted) {
        return false;
      }
    }
  }

  /**
   * What the file has already is left as it is: zeros of one who died, or, if the header is damaged
   * and says that there are fewer rows, rows.
   */
  private void append(long before) throws IOException {
    long after;
    try (FileChannel channel = LedgerFile.openExisting(file)) {
      LedgerFile.requireSeed(file, channel, memory.get(SEED_OFFSET));
      long found = sizes.rowsIn(channel.size());
      if (found < sizes.rows()) {
        throw new IOException("it is cut short, to " + channel.size() + " bytes");
      }
      after = found > before ? found : Math.min(MAX_ROWS, found + Math.min(found, MAX_BLOCK));
      LedgerFile.writeZeros(channel, channel.size(), sizes.length(after));
    }
    if (!memory.reach(sizes.length(after))) {
      throw new IOException("the longer file cannot be mapped");
    }
    memory.setVolatile(ROWS_OFFSET, after);
  }
}
