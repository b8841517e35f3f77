package io.tokenmeter.engine.calibration;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.tokenmeter.engine.calibration.CalibrationFile.Content;
import io.tokenmeter.engine.calibration.CalibrationFile.Entry;
import io.tokenmeter.engine.ledger.StateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code calibration.json} of the state directory, where the processes of a host put what
 * they learn together. One at a time reads, adds its own and replaces it; readers need no lock,
 * since it is replaced as a whole. For its owner only, or the group that the directory is shared
 * with.
 */
final class SharedCalibration {
  private static final String NAME = "calibration.json";
  private static final String LOCK = "calibration.lock";

  private final Path home;

  SharedCalibration(Path home) {
    this.home = home;
  }

  Path file() {
    return home.resolve(NAME);
  }

  Content read() throws IOException {
    return Files.isDirectory(home) ? CalibrationFile.read(file()) : Content.NONE;
  }

  /**
   * Replaces what is known by what {@code change} makes of it.
   *
   * @return false if another process is at it, or if there is no directory that can be used, which
   *     the ledger says; nothing was done then
   */
  boolean update(UnaryOperator<Map<ModelName, Entry>> change) throws IOException {
    if (!isUsable()) {
      return false;
    }
    StateFiles.prepare(home.resolve(LOCK));
    try (FileChannel channel =
            FileChannel.open(
                home.resolve(LOCK),
                Set.of(CREATE, WRITE, LinkOption.NOFOLLOW_LINKS),
                StateFiles.fileAttributes(home));
        FileLock lock = tryLock(channel)) {
      if (lock == null) {
        return false;
      }
      Content content = read();
      if (content.version() > CalibrationFile.VERSION) {
        // A newer tokenmeter's. It learns for all; this process keeps what it learns to itself.
        return false;
      }
      replace(CalibrationFile.bytes(change.apply(content.models())));
      return true;
    }
  }

  private boolean isUsable() {
    try {
      Files.createDirectories(home, StateFiles.directoryAttributes(home));
      return Files.isWritable(home);
    } catch (IOException unusable) {
      return false;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException ownJvm) {
      return null;
    }
  }

  private void replace(byte[] bytes) throws IOException {
    Path aside = Files.createTempFile(home, NAME, ".tmp", StateFiles.fileAttributes(home));
    try {
      Files.write(aside, bytes);
      StateFiles.share(aside);
      Files.move(aside, file(), ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
