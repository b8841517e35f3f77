package io.tokenmeter.benchmarks.budgets;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;

/** A host's clock that can be set: the system's, and an offset that all processes share. */
final class SharedClock implements InstantSource {
  private final MappedByteBuffer offset;

  SharedClock(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      offset = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    }
  }

  void step(long millis) {
    offset.putLong(0, offset.getLong(0) + millis);
  }

  @Override
  public long millis() {
    return System.currentTimeMillis() + offset.getLong(0);
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }
}
