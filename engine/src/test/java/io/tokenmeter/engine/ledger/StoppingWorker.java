package io.tokenmeter.engine.ledger;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A process that waits for its standard input where nobody waits as a rule: with one of the
 * ledger's locks in its hand, or while it takes rows back.
 */
public final class StoppingWorker {
  private static final BufferedReader IN =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private StoppingWorker() {}

  /** Arguments: the state directory. Reads the name of a lock file, or the word "recycle". */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    String what = IN.readLine();
    boolean recycle = what.equals("recycle");
    Path lockFile = directory.resolve(recycle ? LedgerDescriptor.LOCK_NAME : what);
    try (LockFile lock = LockFile.tryLock(lockFile)) {
      if (lock == null) {
        throw new IOException("somebody has " + lockFile);
      }
      if (recycle) {
        recycle(directory);
      } else {
        stop();
      }
    }
    System.out.println("went on");
    IN.readLine();
  }

  private static void stop() {
    System.out.println("stopped");
    try {
      IN.readLine();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** As housekeeping does, two days from now. */
  private static void recycle(Path directory) throws IOException {
    InstantSource clock = InstantSource.offset(InstantSource.system(), Duration.ofDays(2));
    try (FileChannel channel =
        LedgerFile.openExisting(directory.resolve(LedgerDescriptor.FILE_NAME))) {
      ByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      Memory memory = new StoppingMemory(words);
      LedgerFile.Opened opened = new LedgerFile.Opened(memory, Sizes.DEFAULT, Growth.NONE);
      Ledger.over(opened, clock).maintain();
    }
  }

  /** Stops once it has said that rows are taken back. */
  private static final class StoppingMemory extends Memory {
    StoppingMemory(ByteBuffer buffer) {
      super(buffer);
    }

    @Override
    void setVolatile(int offset, long value) {
      super.setVolatile(offset, value);
      if (offset == LedgerDescriptor.RECYCLING_OFFSET && value != 0) {
        stop();
      }
    }
  }
}
