package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Between any two accesses to the memory, while one thread ends a hold or lets it grow, another one
 * ends it, lets it grow, or finds that its time is over. The first end counts, each time.
 */
final class InterruptedEndTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final long HELD = 10;
  private static final long ADDED = 3;
  private static final long ACTUAL = 7;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  /** What threads do with one hold. */
  private enum Step {
    SETTLE,
    RELEASE,
    GROW,
    EXPIRE
  }

  @Test
  void end_anythingInBetween_happensOnce() {
    for (Step one : Step.values()) {
      for (Step other : Step.values()) {
        long accesses = 0;
        while (!interrupt(one, other, accesses)) {
          accesses++;
        }
        assertThat(accesses).as("%s and %s", one, other).isPositive();
      }
    }
  }

  /** Whether the first was over by then. */
  private boolean interrupt(Step one, Step other, long accesses) {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    PausingMemory memory = new PausingMemory(words);
    Ledger ledger = Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);
    long ref = create(ledger);
    LedgerHold hold = hold(ledger, ref, HELD);
    List<LedgerHold> added = new ArrayList<>();
    added.add(hold(ledger, ref, ADDED));
    added.add(hold(ledger, ref, ADDED));
    int slot = slotOf(ledger, HELD);
    Consumer<Step> does = step -> run(step, ledger, hold, added, slot);

    memory.after(accesses, () -> does.accept(other));
    does.accept(one);
    boolean over = memory.stop();

    if (over) {
      does.accept(other);
    }
    hold.settle(ACTUAL, 0);
    added.forEach(LedgerHold::release);
    String point = "%s, after %d accesses %s".formatted(one, accesses, other);
    AccountState state = ledger.state(ref);
    if (one == Step.RELEASE || other == Step.RELEASE) {
      boolean bothEnd = one == Step.SETTLE || other == Step.SETTLE;
      assertThat(state.settled()).as(point).isIn(bothEnd ? List.of(0L, ACTUAL) : List.of(0L));
    } else {
      assertThat(state.settled()).as(point).isEqualTo(ACTUAL);
    }
    assertThat(state.held()).as(point).isZero();
    assertThat(used(ledger)).as(point).isZero();
    return over;
  }

  private static void run(
      Step step, Ledger ledger, LedgerHold hold, List<LedgerHold> added, int slot) {
    switch (step) {
      case SETTLE -> hold.settle(ACTUAL, 0);
      case RELEASE -> hold.release();
      case GROW -> hold.add(added.remove(0));
      case EXPIRE -> expire(ledger, slot);
    }
  }

  /** As housekeeping does. */
  private static void expire(Ledger ledger, int slot) {
    long control = ledger.slots().control(slot);
    if (Slots.state(control) == Slots.HELD
        && ledger.slots().held(slot, 0) == HELD
        && ledger.slots().beginExpiry(slot, control)) {
      ledger.settlement().release(slot);
    }
  }

  private static long create(Ledger ledger) {
    LedgerHold hold = ledger.begin(ledger.now());
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, 1, AccountUnit.TOKENS, "");
    long ref = hold.create(1, 1, spec, false);
    hold.release();
    return ref;
  }

  private static LedgerHold hold(Ledger ledger, long ref, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, amount, Long.MAX_VALUE, false);
    hold.complete();
    return hold;
  }

  private static int slotOf(Ledger ledger, long amount) {
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) == Slots.HELD
          && ledger.slots().held(slot, 0) == amount) {
        return slot;
      }
    }
    throw new AssertionError("no slot holds " + amount);
  }

  private static int used(Ledger ledger) {
    int used = 0;
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      used += Slots.state(ledger.slots().control(slot)) == Slots.FREE ? 0 : 1;
    }
    return used;
  }
}
