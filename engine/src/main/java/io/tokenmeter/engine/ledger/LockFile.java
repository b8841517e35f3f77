package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file whose kernel lock this process holds until {@link #close}, or until it dies, however it
 * dies.
 *
 * <p>The kernel knows processes only: within one JVM a second lock on the same file throws, and
 * closing any channel of the file drops the JVM's lock on it. So every use in a JVM, from whichever
 * class loader, happens under {@link #JVM_MONITOR}, or for one file always under another such one,
 * and no file is opened that this JVM may have locked already.
 */
public final class LockFile implements AutoCloseable {
  /** String constants are one object for all class loaders of a JVM. */
  public static final Object JVM_MONITOR = "io.tokenmeter.engine.ledger: lock files";

  private final FileChannel channel;

  private LockFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Locks the file, creating it if it is not there; null if someone else has the lock. */
  public static @Nullable LockFile tryLock(Path file) throws IOException {
    FileChannel channel = open(file);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new LockFile(channel);
      }
    } catch (OverlappingFileLockException ownJvm) {
      // Closing this channel would drop the lock of whoever holds it in this JVM: leave it open.
      return null;
    }
    channel.close();
    return null;
  }

  private static FileChannel open(Path file) throws IOException {
    try {
      StateFiles.prepare(file);
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
          StateFiles.fileAttributes(file));
    } catch (FileSystemException namesFile) {
      throw namesFile;
    } catch (IOException link) {
      throw (IOException)
          new FileSystemException(file.toString(), null, link.getMessage()).initCause(link);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
