package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other processes of the host: joining them, leaving them, and ending what the dead held. */
final class Neighbours {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Participants participants;
  private final Path directory;
  private final Path hostLock;

  Neighbours(Participants participants, Path directory) {
    this.participants = participants;
    this.directory = directory;
    this.hostLock = directory.resolve(LedgerDescriptor.LOCK_NAME);
  }

  /** This ledger's participant number. */
  int join(Recovery recovery) throws IOException {
    synchronized (LockFile.JVM_MONITOR) {
      Set<Long> others = OtherVersions.inUse(directory);
      if (!others.isEmpty()) {
        LOG.warn(
            "tokenmeter: processes with another version of tokenmeter are running (ledger layout {},"
                + " here {}); budgets are not shared with them, so each side can spend all of them",
            others,
            LedgerDescriptor.VERSION);
      }
      int self = participants.join();
      if (self < 0) {
        recoverDead(recovery);
        self = participants.join();
      }
      if (self < 0) {
        throw new IOException(
            "the ledger in %s is open %d times, which is the most it can be; end some of its processes"
                .formatted(directory, participants.count()));
      }
      return self;
    }
  }

  /** Whether processes that start now find this ledger, which has that seed. */
  boolean areToFind(long seed) {
    return LedgerFile.isInPlace(directory.resolve(LedgerDescriptor.FILE_NAME), seed);
  }

  void beat() {
    participants.beat();
  }

  /** Nothing is left that names this ledger's participant. */
  void leave() throws IOException {
    synchronized (LockFile.JVM_MONITOR) {
      participants.leave();
    }
  }

  /** The lock under which one process recovers and recycles; null if another has it. */
  @Nullable LockFile tryHostLock() throws IOException {
    return LockFile.tryLock(hostLock);
  }

  /**
   * Ends the slots of all participants that are dead. Under the JVM's monitor.
   *
   * @return how many slots
   */
  int recoverDead(Recovery recovery) throws IOException {
    BitSet suspects = new BitSet();
    for (int i = 0; i < participants.count(); i++) {
      suspects.set(i, participants.mayBeDead(i));
    }
    if (suspects.isEmpty()) {
      return 0;
    }
    try (LockFile host = tryHostLock()) {
      return host == null ? 0 : withLocksOf(suspects, dead -> recover(dead, recovery));
    }
  }

  /**
   * Ends what names a participant who is not there. Under the JVM's monitor and the host's lock.
   *
   * @return how many slots, or counts of threads, that was
   */
  int endStrays(Recovery recovery) throws IOException {
    BitSet vacant = new BitSet();
    BitSet none = new BitSet();
    recovery.owners().stream()
        .forEach(
            owner -> {
              boolean exists = owner < participants.count();
              none.set(owner, !exists);
              vacant.set(owner, exists && participants.isVacant(owner));
            });
    return recovery.endStrays(none)
        + withLocksOf(
            vacant,
            unlocked -> {
              // Whoever joins takes the lock, then the entry, and only then slots.
              for (int i = unlocked.nextSetBit(0); i >= 0; i = unlocked.nextSetBit(i + 1)) {
                unlocked.set(i, participants.isVacant(i));
              }
              return recovery.endStrays(unlocked);
            });
  }

  private interface Ending {
    int end(BitSet participants);
  }

  /** Does something about those whose locks nobody has. */
  private int withLocksOf(BitSet suspects, Ending ending) throws IOException {
    BitSet unlocked = new BitSet();
    List<LockFile> locks = new ArrayList<>();
    try {
      for (int i = suspects.nextSetBit(0); i >= 0; i = suspects.nextSetBit(i + 1)) {
        LockFile lock = participants.tryLock(i);
        if (lock != null) {
          locks.add(lock);
          unlocked.set(i);
        }
      }
      return unlocked.isEmpty() ? 0 : ending.end(unlocked);
    } finally {
      for (LockFile lock : locks) {
        lock.close();
      }
    }
  }

  private int recover(BitSet dead, Recovery recovery) {
    int ended = recovery.endSlotsOf(dead);
    BitSet waiting = recovery.owners();
    waiting.and(dead);
    if (!waiting.isEmpty()) {
      LOG.warn(
          "tokenmeter: a budget was too busy to give back all that {} dead processes held; trying again",
          waiting.cardinality());
      dead.andNot(waiting);
    }
    dead.stream()
        .forEach(
            index -> {
              LOG.info(
                  "tokenmeter: process {} is gone without closing its ledger",
                  participants.pid(index));
              participants.free(index);
            });
    if (ended > 0) {
      LOG.warn("tokenmeter: ended {} calls that dead processes left open", ended);
    }
    return ended;
  }
}
