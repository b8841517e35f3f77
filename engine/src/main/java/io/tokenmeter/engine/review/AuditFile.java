package io.tokenmeter.engine.review;

import io.tokenmeter.engine.ledger.LockFile;
import io.tokenmeter.engine.ledger.StateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@value #NAME} in the state directory: entries are appended, never changed. One process at a time
 * writes, under a lock, and an entry is on the disk before anyone acts on it. A line that a crash
 * cut short is no entry, and the next one begins on a line of its own. For its owner only, or the
 * group that the directory is shared with; thread-safe.
 */
public final class AuditFile {
  public static final String NAME = "audit.jsonl";

  private static final String LOCK_NAME = "audit.lock";
  private static final int LOCK_TRIES = 5_000;
  private static final long TRY_NANOS = 1_000_000;

  private final Path file;
  private final Path lock;

  /**
   * @param directory the state directory, which need not exist
   */
  public AuditFile(Path directory) {
    this.file = directory.resolve(NAME);
    this.lock = directory.resolve(LOCK_NAME);
  }

  /**
   * What the file holds.
   *
   * @param entries those whose hash is right, in the file's order
   * @param problems what shows that the file was changed; nothing of a changed line is in force
   * @param unfinished lines that a crash cut short, or that were made unreadable
   */
  public record Contents(List<AuditEntry> entries, List<String> problems, int unfinished) {
    /** The last entry's number; 0 without one. */
    public long lastNumber() {
      return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).number();
    }
  }

  /** An entry to be, as the file as it stands makes it. */
  @FunctionalInterface
  interface Draft {
    /**
     * @return null to append nothing
     */
    @Nullable AuditEntry after(Contents contents) throws ReviewException;
  }

  /** Bytes; 0 where there is no file. */
  long size() {
    return file.toFile().length();
  }

  /** Everything that is in it; nothing where there is no file. */
  public Contents read() throws IOException {
    return new Reading(bytes()).contents();
  }

  /**
   * Appends an entry, which is on the disk when this returns.
   *
   * @return the entry; null if the draft made none
   * @throws ReviewException as the draft does
   */
  @Nullable AuditEntry append(Draft draft) throws IOException, ReviewException {
    Files.createDirectories(directory(), StateFiles.directoryAttributes(file));
    synchronized (LockFile.JVM_MONITOR) {
      try (LockFile held = waitForLock()) {
        byte[] before = bytes();
        Reading reading = new Reading(before);
        AuditEntry entry = draft.after(reading.contents());
        if (entry != null) {
          boolean broken = before.length > 0 && before[before.length - 1] != '\n';
          write(AuditLine.encode(entry, reading.lastHash), broken);
        }
        return entry;
      }
    }
  }

  private Path directory() {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }

  private LockFile waitForLock() throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      LockFile held = LockFile.tryLock(lock);
      if (held != null) {
        return held;
      }
      LockSupport.parkNanos(TRY_NANOS);
    }
    throw new IOException("another process holds " + lock + "; end it and try again");
  }

  private void write(byte[] line, boolean afterBrokenLine) throws IOException {
    StateFiles.prepare(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS),
            StateFiles.fileAttributes(file))) {
      ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
      if (afterBrokenLine) {
        bytes.put((byte) '\n');
      }
      bytes.put(line).flip();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private byte[] bytes() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return new byte[0];
    }
    requireTrusted();
    return Files.readAllBytes(file);
  }

  private void requireTrusted() throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is no regular file (symbolic links are not followed)");
    }
    String distrust = StateFiles.distrust(file);
    if (!distrust.isEmpty()) {
      throw new IOException(file + " " + distrust);
    }
  }

  /** Goes through the lines and follows the chain of hashes. */
  private static final class Reading {
    private final List<AuditEntry> entries = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private String lastHash = AuditLine.NO_HASH;
    private long lastNumber;
    private int unfinished;
    private int lines;

    Reading(byte[] bytes) {
      int start = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          line(Arrays.copyOfRange(bytes, start, i));
          start = i + 1;
        }
      }
      if (start < bytes.length) {
        line(Arrays.copyOfRange(bytes, start, bytes.length)); // it may lack its line feed only
      }
    }

    private void line(byte[] bytes) {
      lines++;
      AuditLine line = AuditLine.decode(bytes);
      if (line == null) {
        unfinished++;
        return;
      }
      if (!line.previous().equals(lastHash) || line.entry().number() != lastNumber + 1) {
        problems.add(
            "line "
                + lines
                + ": what came before it is not what was written (entries are missing or were changed)");
      }
      lastHash = line.hash();
      lastNumber = line.entry().number();
      entries.add(line.entry());
    }

    Contents contents() {
      return new Contents(List.copyOf(entries), List.copyOf(problems), unfinished);
    }
  }
}
