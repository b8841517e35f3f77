package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.BareLedger.create;
import static io.tokenmeter.engine.ledger.BareLedger.expire;
import static io.tokenmeter.engine.ledger.BareLedger.hold;
import static io.tokenmeter.engine.ledger.BareLedger.over;
import static io.tokenmeter.engine.ledger.BareLedger.slotThatHolds;
import static io.tokenmeter.engine.ledger.BareLedger.until;
import static io.tokenmeter.engine.ledger.BareLedger.usedSlots;
import static io.tokenmeter.engine.ledger.BareLedger.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
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
    PausingMemory memory = new PausingMemory(words(SIZES));
    Ledger ledger = over(memory, SIZES, clock);
    long ref = create(ledger, 1, until(Long.MAX_VALUE - 1, 1));
    LedgerHold hold = hold(ledger, ref, HELD);
    List<LedgerHold> added = new ArrayList<>();
    added.add(hold(ledger, ref, ADDED));
    added.add(hold(ledger, ref, ADDED));
    int slot = slotThatHolds(ledger, HELD);
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
    assertThat(usedSlots(ledger)).as(point).isZero();
    return over;
  }

  private static void run(
      Step step, Ledger ledger, LedgerHold hold, List<LedgerHold> added, int slot) {
    switch (step) {
      case SETTLE -> hold.settle(ACTUAL, 0);
      case RELEASE -> hold.release();
      case GROW -> hold.add(added.remove(0));
      case EXPIRE -> expire(ledger, slot, HELD);
    }
  }
}
