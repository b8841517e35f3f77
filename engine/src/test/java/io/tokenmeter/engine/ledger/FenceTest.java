package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two sides that each write and then look for what the other wrote: at least one must see the
 * other. That takes a full fence between writing and looking on both sides; without it a processor
 * keeps the writing back while it looks. Run on many slots in step, so that the two meet.
 */
final class FenceTest {
  private static final int ROUNDS = 200;
  private static final Sizes SIZES = new Sizes(1024, 1024, 1024);

  private final Memory memory = LedgerFile.inProcess(SIZES).memory();
  private final Rows rows = new Rows(memory, SIZES);
  private final Slots slots = new Slots(memory, SIZES, rows);
  private final Recycler recycler = recycler();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private final boolean[] oneSaw = new boolean[SIZES.slots()];
  private final boolean[] otherSaw = new boolean[SIZES.slots()];

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  private Recycler recycler() {
    ClockGuard clock = new ClockGuard(memory, InstantSource.system());
    return new Recycler(memory, rows, slots, new Accounts(memory, rows, clock), clock);
  }

  private interface Side {
    boolean sees(int slot);
  }

  private int missedByBoth(Side one, Side other, IntConsumer before, Runnable reset)
      throws Exception {
    int missed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      reset.run();
      AtomicInteger ready = new AtomicInteger();
      boolean atHand = round % 2 == 0;
      Future<?> first = pool.submit(() -> run(one, oneSaw, atHand, before, ready));
      Future<?> second = pool.submit(() -> run(other, otherSaw, atHand, slot -> {}, ready));
      first.get();
      second.get();
      for (int slot = 0; slot < SIZES.slots(); slot++) {
        missed += oneSaw[slot] || otherSaw[slot] ? 0 : 1;
      }
    }
    return missed;
  }

  /**
   * @param atHand whether both look at the words before, so that no looking waits for memory
   */
  private void run(
      Side side, boolean[] saw, boolean atHand, IntConsumer before, AtomicInteger ready) {
    for (int slot = 0; slot < saw.length; slot++) {
      meet(ready, 6 * slot + 2);
      before.accept(slot);
      meet(ready, 6 * slot + 4);
      if (atHand) {
        recycler.wasInterrupted();
        slots.control(slot);
      }
      meet(ready, 6 * slot + 6);
      saw[slot] = side.sees(slot);
    }
  }

  private static void meet(AtomicInteger ready, int both) {
    ready.incrementAndGet();
    for (int spins = 0; ready.get() < both; spins++) {
      if (spins > 2_000) {
        Thread.yield();
      }
    }
  }

  @Test
  void claimAndRetire_oneSeesTheOther() throws Exception {
    long[] refs = new long[SIZES.slots()];
    assertThat(
            missedByBoth(
                slot -> {
                  slots.claim(1, 0, slot);
                  return !rows.isCurrent(refs[slot]);
                },
                slot -> {
                  recycler.nextGeneration(slot, 1);
                  return Slots.isTaking(slots.control(slot));
                },
                slot -> {},
                () -> {
                  for (int slot = 0; slot < SIZES.slots(); slot++) {
                    memory.set(rows.at(slot, LedgerDescriptor.ROW_GENERATION), 1);
                    refs[slot] = AccountRef.of(slot, 1, 0);
                    slots.setControl(slot, Slots.FREE);
                  }
                }))
        .isZero();
  }

  @Test
  void countAndRetire_oneSeesTheOther() throws Exception {
    long[] refs = new long[SIZES.slots()];
    SlotlessChanges slotless = slots.slotless();
    BitSet all = new BitSet();
    all.set(0, SIZES.participants());
    assertThat(
            missedByBoth(
                slot -> {
                  slotless.begin(slot);
                  return !rows.isCurrent(refs[slot]);
                },
                slot -> {
                  recycler.nextGeneration(slot, 1);
                  return slotless.isCounting(slot);
                },
                slot -> {},
                () -> {
                  slotless.forget(all);
                  for (int slot = 0; slot < SIZES.slots(); slot++) {
                    memory.set(rows.at(slot, LedgerDescriptor.ROW_GENERATION), 1);
                    refs[slot] = AccountRef.of(slot, 1, 0);
                  }
                }))
        .isZero();
  }

  @Test
  void announceAndRecycle_oneSeesTheOther() throws Exception {
    assertThat(
            missedByBoth(
                slot -> {
                  slots.announce(slot, Slots.CREATING);
                  return recycler.wasInterrupted();
                },
                slot -> {
                  recycler.announce();
                  return Slots.state(slots.control(slot)) == Slots.CREATING;
                },
                slot -> memory.set(LedgerDescriptor.RECYCLING_OFFSET, 0),
                () -> {
                  for (int slot = 0; slot < SIZES.slots(); slot++) {
                    slots.setControl(slot, Slots.FREE);
                  }
                }))
        .isZero();
  }
}
