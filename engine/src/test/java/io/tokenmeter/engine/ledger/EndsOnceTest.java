package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.BareLedger.create;
import static io.tokenmeter.engine.ledger.BareLedger.expire;
import static io.tokenmeter.engine.ledger.BareLedger.hold;
import static io.tokenmeter.engine.ledger.BareLedger.slotThatHolds;
import static io.tokenmeter.engine.ledger.BareLedger.until;
import static io.tokenmeter.engine.ledger.BareLedger.usedSlots;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Two threads settle a hold, a third lets it grow, and a fourth ends it because its time is over,
 * all at once. It is charged once and nothing stays held.
 */
final class EndsOnceTest {
  private static final int ROUNDS = 10_000;
  private static final long HELD = 10;
  private static final long ADDED = 3;
  private static final long ACTUAL = 7;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @Test
  void settle_byTwoWhileItGrowsAndExpires_chargesOnce() throws Exception {
    Ledger ledger = Ledger.inMemory(clock, new Sizes(16, 16, 4));
    endAtOnce(ledger, create(ledger, 1, until(Long.MAX_VALUE - 1, 1)), 0);
  }

  @Test
  void settle_byTwoWhileItGrowsWithoutSlots_chargesOnce() throws Exception {
    Ledger ledger = Ledger.inMemory(clock, new Sizes(16, 1, 4));
    long ref = create(ledger, 1, until(Long.MAX_VALUE - 1, 1));
    LedgerHold onlySlot = ledger.begin(ledger.now());
    onlySlot.complete();
    endAtOnce(ledger, ref, 1);
    onlySlot.release();
  }

  private void endAtOnce(Ledger ledger, long ref, int slotsTaken) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    Start start = new Start(4);
    try {
      for (int round = 1; round <= ROUNDS; round++) {
        LedgerHold hold = hold(ledger, ref, HELD);
        LedgerHold more = hold(ledger, ref, ADDED);
        int slot = slotsTaken > 0 ? -1 : slotThatHolds(ledger, HELD);
        List<Callable<Void>> all =
            List.of(
                at(start, () -> hold.settle(ACTUAL, 0)),
                at(start, () -> hold.settle(ACTUAL, 0)),
                at(start, () -> hold.add(more)),
                at(start, slot < 0 ? () -> {} : () -> expire(ledger, slot, HELD)));
        for (Future<Void> done : pool.invokeAll(all)) {
          done.get();
        }

        assertThat(ledger.state(ref).settled()).as("round %d", round).isEqualTo(round * ACTUAL);
        assertThat(ledger.state(ref).held()).as("round %d", round).isZero();
        assertThat(usedSlots(ledger)).as("round %d", round).isEqualTo(slotsTaken);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void settle_byTwo_chargesOnce() throws Exception {
    settleByTwo(false);
  }

  @Test
  void settle_byTwoAfterItExpired_chargesOnce() throws Exception {
    settleByTwo(true);
  }

  private void settleByTwo(boolean expired) throws Exception {
    Ledger ledger = Ledger.inMemory(clock, new Sizes(16, 16, 4));
    long ref = create(ledger, 1, until(Long.MAX_VALUE - 1, 1));
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Start start = new Start(2);
    try {
      for (int round = 1; round <= ROUNDS; round++) {
        LedgerHold hold = hold(ledger, ref, HELD);
        if (expired) {
          expire(ledger, slotThatHolds(ledger, HELD), HELD);
        }
        Callable<Void> settle = at(start, () -> hold.settle(ACTUAL, 0));
        for (Future<Void> done : pool.invokeAll(List.of(settle, settle))) {
          done.get();
        }

        assertThat(ledger.state(ref).settled()).as("round %d", round).isEqualTo(round * ACTUAL);
        assertThat(ledger.state(ref).held()).as("round %d", round).isZero();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Callable<Void> at(Start start, Runnable work) {
    return () -> {
      start.await();
      work.run();
      return null;
    };
  }

  /** Lets so many threads go within some nanoseconds, again and again; a barrier wakes them up. */
  private static final class Start {
    private final int threads;
    private final AtomicInteger arrived = new AtomicInteger();

    Start(int threads) {
      this.threads = threads;
    }

    void await() {
      int last = arrived.getAndIncrement() / threads * threads + threads;
      while (arrived.get() < last) {
        Thread.yield();
      }
    }
  }
}
