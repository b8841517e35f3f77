package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.BUCKETS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.FILE_NAME;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.FIRST_ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.HEADER_LENGTH;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.LOCK_NAME;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.MAGIC;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.MAGIC_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANTS_COUNT_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROWS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SEED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SLOTS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.VERSION;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.VERSION_OFFSET;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Creates, checks and maps the ledger file. A file gets its name only when it is whole: it is
 * written under another name, zeros and all, so that its blocks exist and a full disk shows here
 * and not as a fault in mapped memory, and renamed under the host's lock, so that of any number of
 * processes one creates it.
 */
final class LedgerFile {
  private static final int CREATION_TRIES = 5_000;
  private static final long TRY_NANOS = 1_000_000;
  private static final int ZEROS = 1 << 16;

  private LedgerFile() {}

  /** The words of a ledger, how many of each there are, and how they become more. */
  record Opened(Memory memory, Sizes sizes, Growth growth) {}

  static Opened open(Path directory, Sizes sizes) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    prepare(directory);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      createOnce(directory, file, sizes);
    }
    requireTrusted(directory, file);
    try (FileChannel channel = openExisting(file)) {
      Sizes found = readSizes(file, channel);
      ByteBuffer words = map(channel, currentLength(channel, found));
      long seed = new Memory(words).get(SEED_OFFSET);
      Memory memory = new Memory(words, length -> mapAnew(file, seed, length));
      return new Opened(memory, found, new FileGrowth(memory, found, directory, file));
    }
  }

  static FileChannel openExisting(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Whether a name still stands for the ledger that has a seed, so that whoever opens it now finds
   * the same one. True where that cannot be told, as when this process has too many files open.
   */
  static boolean isInPlace(Path file, long seed) {
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return hasSeed(channel, seed);
    } catch (NoSuchFileException removed) {
      return false;
    } catch (IOException unknown) {
      return true;
    }
  }

  /** Throws unless a file is the ledger that has a seed: what is at its place may be another. */
  static void requireSeed(Path file, FileChannel channel, long seed) throws IOException {
    if (!hasSeed(channel, seed)) {
      throw unusable(file, "was replaced by another one");
    }
  }

  private static boolean hasSeed(FileChannel channel, long seed) throws IOException {
    ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return channel.read(word, SEED_OFFSET) == Long.BYTES && word.getLong(0) == seed;
  }

  private static ByteBuffer map(FileChannel channel, long length) throws IOException {
    return channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
  }

  private static long currentLength(FileChannel channel, Sizes sizes) throws IOException {
    Memory header = new Memory(channel.map(FileChannel.MapMode.READ_ONLY, 0, HEADER_LENGTH));
    return sizes.length(header.get(ROWS_OFFSET));
  }

  /** An application's thread may come here with its interrupt set, which closes channels. */
  private static ByteBuffer mapAnew(Path file, long seed, long length) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = openExisting(file)) {
      if (channel.size() < length) {
        throw unusable(file, "is cut short: it has " + channel.size() + " bytes");
      }
      requireSeed(file, channel, seed);
      return map(channel, length);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Opened inProcess(Sizes sizes) {
    Memory memory = Memory.inProcess(sizes.length());
    writeHeader(memory, sizes);
    return new Opened(memory, sizes, Growth.NONE);
  }

  private static void prepare(Path directory) throws IOException {
    try {
      Files.createDirectories(directory, StateFiles.directoryAttributes(directory));
    } catch (FileAlreadyExistsException notADirectory) {
      throw new IOException(
          directory + " is not a directory; name one that this user can write", notADirectory);
    }
  }

  private static void createOnce(Path directory, Path file, Sizes sizes) throws IOException {
    synchronized (LockFile.JVM_MONITOR) {
      for (int i = 0; i < CREATION_TRIES; i++) {
        try (LockFile lock = LockFile.tryLock(directory.resolve(LOCK_NAME))) {
          if (lock != null) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
              create(directory, file, sizes);
            }
            return;
          }
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          return;
        }
        LockSupport.parkNanos(TRY_NANOS);
      }
    }
    throw new IOException(
        "another process holds "
            + directory.resolve(LOCK_NAME)
            + " but does not create the ledger; end it and try again");
  }

  private static void create(Path directory, Path file, Sizes sizes) throws IOException {
    // A fixed name: what a process left that died here is overwritten, and no litter piles up.
    Path unfinished = directory.resolve(FILE_NAME + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            StateFiles.fileAttributes(unfinished))) {
      writeZeros(channel, 0, sizes.length());
      writeHeader(
          new Memory(channel.map(FileChannel.MapMode.READ_WRITE, 0, sizes.length())), sizes);
      channel.force(true);
      StateFiles.share(unfinished);
    } catch (IOException failed) {
      Files.deleteIfExists(unfinished);
      throw failed;
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** So that the blocks exist, and a full disk shows here. */
  static void writeZeros(FileChannel channel, long from, long to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
    for (long at = from; at < to; ) {
      zeros.clear().limit((int) Math.min(ZEROS, to - at));
      at += channel.write(zeros, at);
    }
  }

  static void writeHeader(Memory memory, Sizes sizes) {
    memory.set(FIRST_ROWS_OFFSET, sizes.rows());
    memory.set(ROWS_OFFSET, sizes.rows());
    memory.set(BUCKETS_OFFSET, sizes.buckets());
    memory.set(SLOTS_OFFSET, sizes.slots());
    memory.set(PARTICIPANTS_COUNT_OFFSET, sizes.participants());
    memory.set(SEED_OFFSET, new SecureRandom().nextLong());
    memory.set(VERSION_OFFSET, VERSION);
    memory.set(MAGIC_OFFSET, MAGIC);
  }

  private static void requireTrusted(Path directory, Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw unusable(file, "is not a regular file (symbolic links are not followed)");
    }
    String distrust = StateFiles.distrust(file);
    if (!distrust.isEmpty()) {
      throw unusable(file, distrust);
    }
    if (!StateFiles.isPosix(file) || StateFiles.isShared(directory)) {
      return;
    }
    Path probe = Files.createTempFile(directory, ".owner", null);
    try {
      if (!Files.getOwner(probe).equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS))) {
        throw unusable(file, "belongs to " + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS));
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static Sizes readSizes(Path file, FileChannel channel) throws IOException {
    long length = channel.size();
    if (length < HEADER_LENGTH) {
      throw unusable(file, "is cut short: it has " + length + " bytes");
    }
    Memory header = new Memory(channel.map(FileChannel.MapMode.READ_ONLY, 0, HEADER_LENGTH));
    if (header.get(MAGIC_OFFSET) != MAGIC) {
      throw unusable(file, "is not a ledger");
    }
    if (header.get(VERSION_OFFSET) != VERSION) {
      throw unusable(
          file,
          "has layout version %d, expected %d".formatted(header.get(VERSION_OFFSET), VERSION));
    }
    Sizes sizes =
        new Sizes(
            (int) header.get(FIRST_ROWS_OFFSET),
            (int) header.get(SLOTS_OFFSET),
            (int) header.get(PARTICIPANTS_COUNT_OFFSET),
            (int) header.get(BUCKETS_OFFSET));
    long rows = header.get(ROWS_OFFSET);
    if (!sizes.valid()
        || rows < sizes.rows()
        || !sizes.isWholeBlocks(rows)
        || sizes.length(rows) > length) {
      throw unusable(
          file,
          "is damaged: its header speaks of %d rows, but it has %d bytes".formatted(rows, length));
    }
    return sizes;
  }

  private static IOException unusable(Path file, String what) {
    return new IOException(
        "ledger file %s %s; stop the processes that use it and remove it, or name another state directory"
            .formatted(file, what));
  }
}
