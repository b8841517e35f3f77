package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.BareLedger.giveHoldsTo;
import static io.tokenmeter.engine.ledger.BareLedger.recover;
import static io.tokenmeter.engine.ledger.BareLedger.recycler;
import static io.tokenmeter.engine.ledger.BareLedger.usedSlots;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.Interleavings.Scenario;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two threads, or two processes, meet at a slot or a row. Each test names every outcome that there
 * is; another one, or one that never comes, fails it.
 */
final class InterleavingsTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4, 8);
  private static final long LIMIT = 10;

  /** Who dies. */
  private static final int VICTIM = 0;

  private static final int DEAD = 2;

  /** The profile "nightly" has one more. */
  private static final int INTERRUPTIONS = Integer.getInteger("engine.interruptions", 2);

  private final Interleavings interleavings = new Interleavings();
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @AfterEach
  void stop() {
    interleavings.close();
  }

  private static SteppedMemory words() {
    return new SteppedMemory(BareLedger.words(SIZES));
  }

  private Ledger over(Memory memory) {
    return BareLedger.over(memory, SIZES, clock);
  }

  private Map<String, Integer> outcomes(Supplier<Scenario> begin) {
    return interleavings.outcomes(INTERRUPTIONS, begin);
  }

  /** Two things that happen to a hold of 8 beside another one, and what the account has then. */
  private Supplier<Scenario> ofOneHold(Ending one, Ending two) {
    return () -> {
      SteppedMemory memory = words();
      Ledger ledger = over(memory);
      hold(ledger, 1, 2);
      giveHoldsTo(ledger, 1);
      LedgerHold hold = hold(ledger, 1, 8);
      return new Scenario(
          memory,
          () -> one.end(ledger, hold),
          () -> two.end(ledger, hold),
          () -> sums(ledger, 1) + slots(ledger));
    };
  }

  private interface Ending {
    void end(Ledger ledger, LedgerHold hold);
  }

  @Test
  void settleAndRelease_oneOfThemCounts() {
    assertThat(outcomes(ofOneHold((ledger, hold) -> hold.settle(5, 0), (l, h) -> h.release())))
        .containsOnlyKeys("settled 5, held 2, 1 slots", "settled 0, held 2, 1 slots");
  }

  @Test
  void settleAndSettle_oneOfThemCounts() {
    assertThat(outcomes(ofOneHold((l, hold) -> hold.settle(5, 0), (l, hold) -> hold.settle(9, 0))))
        .containsOnlyKeys("settled 5, held 2, 1 slots", "settled 9, held 2, 1 slots");
  }

  @Test
  void settleAndExpire_isChargedInTimeOrLateButOnce() {
    assertThat(outcomes(ofOneHold((ledger, hold) -> hold.settle(5, 0), (l, hold) -> l.close())))
        .containsOnlyKeys("settled 5, held 2, 1 slots");
  }

  @Test
  void releaseAndExpire_isGivenBackOnce() {
    assertThat(outcomes(ofOneHold((ledger, hold) -> hold.release(), (l, hold) -> l.close())))
        .containsOnlyKeys("settled 0, held 2, 1 slots");
  }

  @Test
  void extendAndExpire_isHeldOrGivenBack() {
    clock.advance(Duration.ofMinutes(40));
    assertThat(
            outcomes(
                ofOneHold(
                    (ledger, hold) -> hold.extend(clock.millis() + 2_400_000),
                    (ledger, hold) -> ledger.close())))
        .containsOnlyKeys("settled 0, held 2, 1 slots");
  }

  @Test
  void lateSettleAndTheSlotsNextHold_eachEndsItsOwn() {
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  LedgerHold late = hold(ledger, 1, 8);
                  clock.advance(Duration.ofMillis(Ledger.HOLD_LIFETIME_MILLIS + 1));
                  ledger.maintain();
                  LedgerHold next = ledger.newHold();
                  return new Scenario(
                      memory,
                      () -> late.settle(5, 0),
                      () -> {
                        next.begin(ledger.now());
                        next.take(ledger.find(1, 1), 3, LIMIT, false);
                        next.complete();
                      },
                      () -> sums(ledger, 1) + slots(ledger));
                }))
        .containsOnlyKeys("settled 5, held 3, 1 slots");
  }

  /** Whoever died at any step, and a living one that settles at the same row. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 9, 10, 11, 12, 13, 14})
  void recoverAndSettle_bothAreExact(int writesBeforeDeath) {
    Map<String, Integer> outcomes =
        outcomes(
            () -> {
              SteppedMemory memory = words();
              Ledger ledger = over(memory);
              LedgerHold hold = hold(ledger, 1, 8);
              giveHoldsTo(ledger, 1);
              die(memory.buffer(), writesBeforeDeath, ledger.find(1, 1));
              return new Scenario(
                  memory,
                  () -> recover(ledger, VICTIM),
                  () -> settleAs(ledger, hold, 5),
                  () -> {
                    assertThat(recover(ledger, VICTIM)).isNotNegative();
                    return sums(ledger, 1) + slots(ledger);
                  });
            });
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.keySet()).containsAnyOf("settled 5, held 0", "settled 705, held 0");
  }

  /** Whoever died at any step, and a living one that takes from the same row. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 9, 10, 11, 12, 13, 14})
  void recoverAndHold_bothAreExact(int writesBeforeDeath) {
    Map<String, Integer> outcomes =
        outcomes(
            () -> {
              SteppedMemory memory = words();
              Ledger ledger = over(memory);
              long ref = BareLedger.create(ledger, 1, spec(1, Long.MAX_VALUE - 1));
              die(memory.buffer(), writesBeforeDeath, ref);
              giveSlotsTo(ledger, DEAD);
              return new Scenario(
                  memory,
                  () -> recover(ledger, DEAD),
                  () -> {
                    LedgerHold hold = ledger.begin(ledger.now());
                    hold.take(ref, 5, Long.MAX_VALUE, false);
                    hold.complete();
                  },
                  () -> {
                    assertThat(recover(ledger, DEAD)).isNotNegative();
                    return sums(ledger, 1) + slots(ledger);
                  });
            });
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.keySet())
        .containsAnyOf("settled 0, held 5, 1 slots", "settled 700, held 5, 1 slots");
  }

  @Test
  void holdAndHold_whatOnlyOneFitsInto_oneGetsIt() {
    String[] taken = new String[2];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  hold(ledger, 1, 3).settle(3, 0);
                  return new Scenario(
                      memory,
                      () -> taken[0] = tryHold(ledger, 4),
                      () -> taken[1] = tryHold(ledger, 4),
                      () -> taken[0] + " " + taken[1] + ": " + sums(ledger, 1));
                }))
        .containsOnlyKeys(
            "WITHIN EXCEEDED: settled 3, held 4", "EXCEEDED WITHIN: settled 3, held 4");
  }

  @Test
  void settleAndHold_whatIsGivenBackIsThereOrNotYet() {
    String[] taken = new String[1];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  LedgerHold hold = hold(ledger, 1, 8);
                  return new Scenario(
                      memory,
                      () -> hold.settle(5, 0),
                      () -> taken[0] = tryHold(ledger, 4),
                      () -> taken[0] + ": " + sums(ledger, 1));
                }))
        .containsOnlyKeys("WITHIN: settled 5, held 4", "EXCEEDED: settled 5, held 0");
  }

  /** All that flowed into the full bucket is lost; the settled sum must not be paid with it. */
  @Test
  void settleAndHoldInABucket_refillPaysForNothingThatWasInFlight() {
    String[] taken = new String[1];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  AccountSpec spec =
                      AccountSpec.refill(LIMIT, 60_000, 1, AccountUnit.TOKENS, "bucket");
                  LedgerHold hold = hold(ledger, spec, 1, LIMIT);
                  clock.advance(Duration.ofMinutes(30));
                  return new Scenario(
                      memory,
                      () -> hold.settle(LIMIT, 0),
                      () -> taken[0] = tryHold(ledger, 1),
                      () -> taken[0] + ": " + sums(ledger, 1));
                }))
        .containsOnlyKeys("EXCEEDED: settled 10, held 0");
  }

  /** What is settled in a new step is in the window, whoever begins the step. */
  @Test
  void settleAndHoldInANewStep_nothingLeavesTheWindowEarly() {
    String[] taken = new String[1];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  AccountSpec spec =
                      AccountSpec.rolling(24 * 60_000, 1, AccountUnit.TOKENS, "rolling");
                  hold(ledger, spec, 1, 4).settle(4, 0);
                  clock.advance(Duration.ofMinutes(20));
                  LedgerHold hold = hold(ledger, spec, 1, 6);
                  clock.advance(Duration.ofMinutes(8));
                  return new Scenario(
                      memory,
                      () -> hold.settle(6, 0),
                      () -> taken[0] = tryHold(ledger, 5),
                      () -> {
                        clock.advance(Duration.ofMinutes(23));
                        return taken[0] + ": " + sums(ledger, 1);
                      });
                }))
        .containsOnlyKeys("EXCEEDED: settled 6, held 0");
  }

  @Test
  void createAndCreate_oneKeyHasOneRow() {
    String[] taken = new String[2];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  return new Scenario(
                      memory,
                      () -> taken[0] = createAndHold(ledger, 4),
                      () -> taken[1] = createAndHold(ledger, 5),
                      () ->
                          taken[0]
                              + taken[1]
                              + ": "
                              + sums(ledger, 1)
                              + " in "
                              + ledger.rows().used());
                }))
        .containsOnlyKeys("WITHIN WITHIN : settled 0, held 9 in 1");
  }

  @Test
  void holdAndRecycle_theRowIsGoneOrStays() {
    String[] taken = new String[1];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  hold(ledger, spec(1, clock.millis() + 1_000), 1, 3).settle(3, 0);
                  long ref = ledger.find(1, 1);
                  clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
                  return new Scenario(
                      memory,
                      () -> {
                        LedgerHold hold = ledger.begin(ledger.now());
                        taken[0] = hold.take(ref, 4, LIMIT, false).toString();
                        hold.complete();
                      },
                      () -> recycler(ledger, clock).recycle(),
                      () -> taken[0] + ": " + (ledger.find(1, 1) == 0 ? "-" : sums(ledger, 1)));
                }))
        .containsOnlyKeys("WITHIN: settled 3, held 4", "GONE: -", "GONE: settled 3, held 0");
  }

  /** Slow, since a creator waits for a recycler. */
  @Test
  void createAndRecycle_noKeyHasTwoRowsAndNoneIsLost() {
    String[] taken = new String[1];
    assertThat(
            interleavings.outcomes(
                INTERRUPTIONS - 1,
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  // The chain of the new key begins with a row that is over.
                  long key = 1 + (1L << 40);
                  hold(ledger, spec(1, clock.millis() + 1_000), key, 3).settle(3, 0);
                  clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
                  return new Scenario(
                      memory,
                      () -> taken[0] = createAndHold(ledger, 4),
                      () -> recycler(ledger, clock).recycle(),
                      () -> {
                        recycler(ledger, clock).recycle();
                        return taken[0] + sums(ledger, 1) + " in " + ledger.rows().used();
                      });
                }))
        .containsOnlyKeys("WITHIN settled 0, held 4 in 1");
  }

  @Test
  void claimAndClaimOfTwoProcesses_theLastSlotIsOnes() {
    int[] slot = new int[2];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Slots slots = over(memory).slots();
                  for (int i = 0; i < SIZES.slots() - 1; i++) {
                    slots.claim(3, 0, i);
                  }
                  return new Scenario(
                      memory,
                      () -> slot[0] = slots.claim(0, 100, 0),
                      () -> slot[1] = slots.claim(1, 200, 3),
                      () -> {
                        int taken = Math.max(slot[0], slot[1]);
                        return slot[0]
                            + " "
                            + slot[1]
                            + ": participant "
                            + Slots.participant(slots.control(taken))
                            + " until "
                            + slots.deadline(taken);
                      });
                }))
        .containsOnlyKeys("3 -1: participant 0 until 100", "-1 3: participant 1 until 200");
  }

  /** Whoever looks in between may take what was just charged for held, but misses none of it. */
  @Test
  void correctOfAnUnslottedHoldAndLook_allIsSeen() {
    String[] seen = new String[1];
    assertThat(
            outcomes(
                () -> {
                  SteppedMemory memory = words();
                  Ledger ledger = over(memory);
                  hold(ledger, 1, 0).release();
                  for (int i = 0; i < SIZES.slots(); i++) {
                    ledger.slots().claim(3, Long.MAX_VALUE, i);
                  }
                  LedgerHold unslotted = hold(ledger, 1, 4);
                  return new Scenario(
                      memory,
                      () -> unslotted.settle(7, 0),
                      () -> seen[0] = look(ledger, 1),
                      () -> seen[0] + ": " + sums(ledger, 1));
                }))
        .containsOnlyKeys(
            "settled 4, held 0: settled 7, held 0",
            "settled 4, held 3: settled 7, held 0",
            "settled 7, held 0: settled 7, held 0");
  }

  private static LedgerHold hold(Ledger ledger, long key, long amount) {
    return hold(ledger, spec(key, Long.MAX_VALUE - 1), key, amount);
  }

  private static LedgerHold hold(Ledger ledger, AccountSpec spec, long key, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    long known = ledger.find(key, key);
    hold.take(known != 0 ? known : hold.create(key, key, spec, false), amount, LIMIT, true);
    hold.complete();
    return hold;
  }

  private static String createAndHold(Ledger ledger, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    String taken = "";
    for (int i = 0; i < 10 && !taken.equals("WITHIN "); i++) {
      long ref = hold.create(1, 1, spec(1, Long.MAX_VALUE - 1), false);
      taken = ref == 0 ? "refused " : hold.take(ref, amount, LIMIT, false) + " ";
    }
    hold.complete();
    return taken;
  }

  private static String tryHold(Ledger ledger, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    LedgerHold.Taken taken = hold.take(ledger.find(1, 1), amount, LIMIT, false);
    hold.complete();
    return taken.toString();
  }

  private static AccountSpec spec(long key, long windowEnd) {
    return AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, "a");
  }

  private static String look(Ledger ledger, long key) {
    AccountState state = ledger.state(ledger.find(key, key));
    return "settled %d, held %d".formatted(state.settled(), state.held());
  }

  /** The same, and what a look does not show: nothing may be settled that is not committed. */
  private static String sums(Ledger ledger, long key) {
    int row = AccountRef.row(ledger.find(key, key));
    long committed = ledger.rows().word(row, LedgerDescriptor.ROW_COMMITTED);
    long settled = ledger.rows().word(row, LedgerDescriptor.ROW_SETTLED);
    String sums = look(ledger, key);
    return committed < settled ? sums + ", but committed " + committed : sums;
  }

  private static String slots(Ledger ledger) {
    int used = usedSlots(ledger);
    return used == 0 ? "" : ", " + used + " slots";
  }

  /** Whatever has a slot at this moment is another participant. */
  private static void giveSlotsTo(Ledger ledger, int participant) {
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      long control = ledger.slots().control(slot);
      if (Slots.state(control) != Slots.FREE) {
        ledger.slots().setControl(slot, control | (long) participant << 8);
      }
    }
  }

  /** The hold does not know that its slot was made another participant's. */
  private static void settleAs(Ledger ledger, LedgerHold hold, long actual) {
    int slot = -1;
    for (int i = 0; i < SIZES.slots(); i++) {
      if (Slots.participant(ledger.slots().control(i)) == 1) {
        slot = i;
      }
    }
    long control = ledger.slots().control(slot);
    assertThat(ledger.slots().beginEnd(slot, control)).isTrue();
    ledger
        .settlement()
        .charge(
            slot,
            control,
            1,
            new long[] {hold.ref(0)},
            new long[] {hold.held(0)},
            new long[] {actual});
  }

  private void die(ByteBuffer words, int writes, long ref) {
    Ledger victim = over(new CrashingMemory(words, writes));
    try {
      LedgerHold hold = victim.begin(victim.now());
      hold.take(ref, 1_000, Long.MAX_VALUE, false);
      hold.complete();
      hold.settle(700, 0);
      throw new AssertionError("did not die within " + writes + " writes");
    } catch (CrashPoint.Crash crash) {
      // as it should
    }
  }
}
