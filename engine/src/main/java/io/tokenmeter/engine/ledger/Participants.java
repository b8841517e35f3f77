package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANTS_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_HEARTBEAT;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_PID;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_SLOTLESS;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_START;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_STATE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.PARTICIPANT_STRIDE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.VERSION;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Who has the ledger open. A participant is alive as long as it holds the kernel's lock on its own
 * lock file or its heartbeat is fresh; only one for whom both are gone is dead. A process id says
 * nothing of life: it is used again, and containers each count their own, so that two may start
 * process 1 in the same hundredth of a second. This process knows its own entries by all three: its
 * id, when it started, and in which space of ids.
 */
final class Participants {
  /** A heartbeat that is further from now than this, to either side, is no sign of life. */
  static final long STALE_MILLIS = 5_000;

  private static final long FREE = 0;
  private static final long TAKEN = 1;

  private final Memory memory;
  private final int count;
  private final Path directory;
  private final InstantSource clock;
  private final long pid;
  private final long processStart;
  private int self = -1;
  private @Nullable LockFile selfLock;

  Participants(Memory memory, int count, Path directory, InstantSource clock) {
    this.memory = memory;
    this.count = count;
    this.directory = directory;
    this.clock = clock;
    ProcessHandle process = ProcessHandle.current();
    this.pid = process.pid();
    this.processStart =
        KeyHash.mix(
            process.info().startInstant().map(Instant::toEpochMilli).orElse(0L), processIdSpace());
  }

  /** Linux's name for it; 0 where there is none. */
  private static long processIdSpace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().hashCode();
    } catch (IOException | RuntimeException none) {
      return 0;
    }
  }

  int count() {
    return count;
  }

  /**
   * Takes a free entry and the lock that goes with it. Under the JVM's monitor.
   *
   * @return its index, or -1 if there is none
   */
  int join() throws IOException {
    for (int i = 0; i < count; i++) {
      if (memory.get(at(i) + PARTICIPANT_STATE) == FREE) {
        LockFile lock = LockFile.tryLock(lockFile(i));
        if (lock == null) {
          continue;
        }
        if (memory.getVolatile(at(i) + PARTICIPANT_STATE) != FREE) {
          lock.close();
          continue;
        }
        selfLock = lock;
        self = i;
        memory.set(at(i) + PARTICIPANT_SLOTLESS, 0);
        beat();
        return i;
      }
    }
    return -1;
  }

  /** Writes all that the entry says of its owner: a damaged page must not make him nobody. */
  void beat() {
    int at = at(self);
    memory.set(at + PARTICIPANT_PID, pid);
    memory.set(at + PARTICIPANT_START, processStart);
    memory.set(at + PARTICIPANT_HEARTBEAT, clock.millis());
    memory.setVolatile(at + PARTICIPANT_STATE, TAKEN);
  }

  /** Gives the entry and its lock up: nothing is left that names it. Under the JVM's monitor. */
  void leave() throws IOException {
    if (selfLock != null) {
      beat();
      free(self);
      selfLock.close();
      selfLock = null;
    }
  }

  /**
   * Whether the entry's heartbeat is gone. False for all entries of this process: it lives, and
   * their lock files must not be opened here.
   */
  boolean mayBeDead(int index) {
    int at = at(index);
    if (memory.getVolatile(at + PARTICIPANT_STATE) == FREE
        || (memory.get(at + PARTICIPANT_PID) == pid
            && memory.get(at + PARTICIPANT_START) == processStart)) {
      return false;
    }
    return isStale(at);
  }

  /**
   * Whether nobody has the entry, nor had it a moment ago: a thread of who left may still be about
   * to find out that its ledger is closed. Somebody may be joining, who has the entry's lock then.
   */
  boolean isVacant(int index) {
    int at = at(index);
    return index != self && memory.getVolatile(at + PARTICIPANT_STATE) == FREE && isStale(at);
  }

  private boolean isStale(int at) {
    long distance = clock.millis() - memory.get(at + PARTICIPANT_HEARTBEAT);
    return distance > STALE_MILLIS || distance < -STALE_MILLIS;
  }

  /** The entry's lock, which proves its owner dead; null if the owner lives. */
  @Nullable LockFile tryLock(int index) throws IOException {
    return LockFile.tryLock(lockFile(index));
  }

  void free(int index) {
    memory.setVolatile(at(index) + PARTICIPANT_STATE, FREE);
  }

  long pid(int index) {
    return memory.get(at(index) + PARTICIPANT_PID);
  }

  private Path lockFile(int index) {
    return directory.resolve("ledger-v" + VERSION + ".p" + index + ".lock");
  }

  private static int at(int index) {
    return PARTICIPANTS_OFFSET + index * PARTICIPANT_STRIDE;
  }
}
