package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two sides that each write and then look for what the other wrote: at least one must see the
 * other. That takes a full fence between writing and looking on both sides; without it a processor
 * keeps the writing back while it looks. Run on many slots in step, so that the two meet.
 */
final class FenceTest {
  private static final int ROUNDS = 100;
  private static final Sizes SIZES = new Sizes(1024, 1024, 1024);

  private final Memory memory = LedgerFile.inProcess(SIZES).memory();
  private final Rows rows = new Rows(memory, SIZES);
  private final Slots slots = new Slots(memory, SIZES, rows);
  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private final boolean[] oneSaw = new boolean[SIZES.slots()];
  private final boolean[] otherSaw = new boolean[SIZES.slots()];

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  private interface Side {
    boolean sees(int slot);
  }

  private int missedByBoth(Side one, Side other, Runnable reset) throws Exception {
    int missed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      reset.run();
      AtomicInteger ready = new AtomicInteger();
      Future<?> first = pool.submit(() -> run(one, oneSaw, ready));
      Future<?> second = pool.submit(() -> run(other, otherSaw, ready));
      first.get();
      second.get();
      for (int slot = 0; slot < SIZES.slots(); slot++) {
        missed += oneSaw[slot] || otherSaw[slot] ? 0 : 1;
      }
    }
    return missed;
  }

  private static void run(Side side, boolean[] saw, AtomicInteger ready) {
    ready.incrementAndGet();
    while (ready.get() < 2) {
      Thread.onSpinWait();
    }
    for (int slot = 0; slot < saw.length; slot++) {
      ready.incrementAndGet();
      for (int spins = 0; ready.get() < 2 * slot + 4; spins++) {
        if (spins > 2_000) {
          Thread.yield();
        }
      }
      saw[slot] = side.sees(slot);
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
                  int word = rows.at(slot, LedgerDescriptor.ROW_GENERATION);
                  memory.setVolatile(word, memory.get(word) + 1);
                  return Slots.isTaking(slots.control(slot));
                },
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
                  int word = rows.at(slot, LedgerDescriptor.ROW_GENERATION);
                  memory.setVolatile(word, memory.get(word) + 1);
                  return slotless.isCounting(slot);
                },
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
                  return memory.getVolatile(rows.at(slot, LedgerDescriptor.ROW_TOLD)) != 0;
                },
                slot -> {
                  memory.setVolatile(rows.at(slot, LedgerDescriptor.ROW_TOLD), 1);
                  return Slots.state(slots.control(slot)) == Slots.CREATING;
                },
                () -> {
                  for (int slot = 0; slot < SIZES.slots(); slot++) {
                    slots.setControl(slot, Slots.FREE);
                    memory.set(rows.at(slot, LedgerDescriptor.ROW_TOLD), 0);
                  }
                }))
        .isZero();
  }
}
