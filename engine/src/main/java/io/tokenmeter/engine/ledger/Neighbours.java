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

  void leave(boolean done) throws IOException {
    synchronized (LockFile.JVM_MONITOR) {
      participants.leave(done);
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
    List<Integer> suspects = suspects();
    if (suspects.isEmpty()) {
      return 0;
    }
    try (LockFile host = tryHostLock()) {
      return host == null ? 0 : recover(suspects, recovery);
    }
  }

  private List<Integer> suspects() {
    List<Integer> suspects = new ArrayList<>();
    for (int i = 0; i < participants.count(); i++) {
      if (participants.mayBeDead(i)) {
        suspects.add(i);
      }
    }
    return suspects;
  }

  private int recover(List<Integer> suspects, Recovery recovery) throws IOException {
    BitSet dead = new BitSet();
    List<LockFile> locks = new ArrayList<>();
    try {
      for (int suspect : suspects) {
        LockFile lock = participants.tryLock(suspect);
        if (lock != null) {
          locks.add(lock);
          dead.set(suspect);
        }
      }
      return dead.isEmpty() ? 0 : recover(dead, recovery);
    } finally {
      for (LockFile lock : locks) {
        lock.close();
      }
    }
  }

  private int recover(BitSet dead, Recovery recovery) {
    int ended = recovery.endSlotsOf(dead);
    if (ended < 0) {
      LOG.warn(
          "tokenmeter: a budget was too busy to give back what a dead process held; trying again");
      return 0;
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
