package io.tokenmeter.engine;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that several processes append to and that is set aside when it grows: {@code
 * calls.jsonl} becomes {@code calls.jsonl.1}, that becomes {@code .2}, and so on. Readable by its
 * owner only. For one thread at a time.
 *
 * <p>Lines go out in one write to a file opened for appending, so that lines of different processes
 * do not mix. One process rotates under a lock file; the others see that the name leads to another
 * file and follow.
 */
final class RotatingFile implements AutoCloseable {
  private final Path path;
  private final long maxBytes;
  private final int maxFiles;

  private @Nullable FileChannel channel;
  private @Nullable Object openedKey;

  RotatingFile(Path path, long maxBytes, int maxFiles) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.maxFiles = maxFiles;
  }

  /**
   * Appends whole lines, their line feeds included.
   *
   * @param lines read as far as they are written, also where it fails
   */
  void append(ByteBuffer lines) throws IOException {
    try {
      FileChannel file = current();
      if (file.size() > 0 && file.size() + lines.remaining() > maxBytes) {
        rotate();
        file = current();
      }
      while (lines.hasRemaining()) {
        file.write(lines);
      }
    } catch (IOException failed) {
      close(); // the next line starts over, on a line of its own
      throw failed;
    }
  }

  private FileChannel current() throws IOException {
    FileChannel open = channel;
    if (open != null && Objects.equals(openedKey, keyOf(path))) {
      return open;
    }
    close();
    Path directory = path.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
    }
    open =
        FileChannel.open(
            path,
            Set.of(CREATE, WRITE, APPEND, LinkOption.NOFOLLOW_LINKS),
            ownerOnly(path, "rw-------"));
    channel = open;
    openedKey = keyOf(path);
    endBrokenLine(open);
    return open;
  }

  /** A line that a full disk or a crash cut short must not swallow the next one. */
  private void endBrokenLine(FileChannel file) throws IOException {
    long size = file.size();
    if (size == 0) {
      return;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    try (FileChannel reader = FileChannel.open(path, READ)) {
      reader.read(last, size - 1);
    }
    if (last.get(0) != '\n') {
      file.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  private void rotate() throws IOException {
    Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
    try (FileChannel lockFile =
            FileChannel.open(
                lockPath, EnumSet.of(CREATE, WRITE), ownerOnly(lockPath, "rw-------"));
        FileLock lock = lockFile.tryLock()) {
      // Without the lock another process is at it; with it, the size may already be small again.
      if (lock != null && Files.size(path) > 0 && Objects.equals(openedKey, keyOf(path))) {
        close();
        Files.deleteIfExists(numbered(maxFiles));
        for (int number = maxFiles - 1; number >= 1; number--) {
          move(numbered(number), numbered(number + 1));
        }
        if (maxFiles > 0) {
          move(path, numbered(1));
        } else {
          Files.deleteIfExists(path);
        }
      }
    } catch (OverlappingFileLockException busy) {
      // another engine of this JVM is at it
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException gone) {
      return "gone";
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) throws IOException {
    Path existing = path.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    FileStore store = existing == null ? null : Files.getFileStore(existing);
    return store != null && store.supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    openedKey = null;
    if (open != null) {
      open.close();
    }
  }
}
