package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows are taken back, and become other accounts', between any two accesses of a thread that
 * changes one without a slot. What it changes is its own account or nothing.
 */
final class SlotlessChangeTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4);
  private static final long LIMIT = 100;
  private static final long OTHER = 2;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private PausingMemory memory = freshMemory();
  private Ledger ledger = over(memory);
  private final List<LedgerHold> allSlots = new ArrayList<>();

  private static PausingMemory freshMemory() {
    ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
    LedgerFile.writeHeader(new Memory(words), SIZES);
    return new PausingMemory(words);
  }

  private Ledger over(Memory words) {
    return Ledger.over(new LedgerFile.Opened(words, SIZES, Growth.NONE), clock);
  }

  @BeforeEach
  void begin() {
    clock.set("2026-11-22T10:00:00Z");
    memory = freshMemory();
    ledger = over(memory);
    allSlots.clear();
  }

  /** What a thread does to the row of an account that is over. */
  private interface Change {
    void run(long ref);
  }

  /** Prepares a change, while the account lives. */
  private interface Preparation {
    Change of(long ref);
  }

  private void neverChangesAnother(Preparation preparation) {
    boolean reused = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      begin();
      long ref = create(1, clock.millis() + 1_000);
      takeAllSlots();
      Change change = preparation.of(ref);
      clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
      long[] other = {0};
      memory.after(
          accesses,
          () -> {
            recycle();
            allSlots.remove(0).release();
            other[0] = create(OTHER, Long.MAX_VALUE);
          });
      change.run(ref);
      over = memory.stop();

      if (!over) {
        reused |= AccountRef.row(other[0]) == AccountRef.row(ref);
        String point = "taken back after %d accesses".formatted(accesses);
        assertThat(word(other[0], LedgerDescriptor.ROW_COMMITTED)).as(point).isZero();
        assertThat(word(other[0], LedgerDescriptor.ROW_SETTLED)).as(point).isZero();
        assertThat(word(other[0], LedgerDescriptor.ROW_MARK)).as(point).isZero();
        assertThat(word(other[0], LedgerDescriptor.ROW_TOLD)).as(point).isZero();
      }
    }
    assertThat(reused).as("the row was another's at some point").isTrue();
    assertThat(ledger.slots().awaitTakers(0)).as("nobody changes anything").isTrue();
  }

  @Test
  void take_withoutASlot_takesFromItsOwnRowOrNone() {
    neverChangesAnother(
        ref -> {
          LedgerHold hold = ledger.begin(ledger.now());
          return row -> hold.take(row, 5, LIMIT, false);
        });
  }

  @Test
  void take_withoutASlotAndTooMuch_leavesNothingInAnothersRow() {
    neverChangesAnother(
        ref -> {
          LedgerHold hold = ledger.begin(ledger.now());
          return row -> hold.take(row, LIMIT + 1, LIMIT, false);
        });
  }

  @Test
  void settle_withoutASlot_chargesItsOwnRowOrNone() {
    neverChangesAnother(
        ref -> {
          LedgerHold hold = ledger.begin(ledger.now());
          assertThat(hold.take(ref, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
          return row -> hold.settle(3, 0);
        });
  }

  @Test
  void mark_marksItsOwnRowOrNone() {
    neverChangesAnother(ref -> row -> ledger.mark(row, 0, Marks.withTold(0, 0, 80)));
  }

  /** The meter's thread may be slow, and the clock may jump. */
  @Test
  void addSpend_clockJumps_countsInItsOwnRowOrNone() {
    Instant at = clock.instant();
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      begin();
      ledger.spend().add(Map.of("team", "a"), 5, 7, false, at);
      long[] other = {0};
      memory.after(
          accesses,
          () -> {
            clock.advance(Duration.ofDays(60));
            recycle();
            other[0] = create(OTHER, Long.MAX_VALUE);
            create(OTHER + 1, Long.MAX_VALUE);
          });
      ledger.spend().add(Map.of("team", "a"), 5, 7, false, at);
      over = memory.stop();

      for (long key = OTHER; !over && key <= OTHER + 1; key++) {
        long ref = ledger.find(key, key);
        String point = "taken back after %d accesses".formatted(accesses);
        assertThat(word(ref, LedgerDescriptor.ROW_COMMITTED)).as(point).isZero();
        assertThat(word(ref, LedgerDescriptor.ROW_SETTLED)).as(point).isZero();
        assertThat(word(ref, LedgerDescriptor.ROW_MARK)).as(point).isZero();
        assertThat(word(ref, LedgerDescriptor.ROW_TOLD)).as(point).isZero();
      }
      // Before the day is added.
      if (accesses < 22) {
        assertThat(ledger.spend().all()).extracting(Spend::window).contains("day", "month");
      }
    }
  }

  /**
   * A row outside of all chains, as damage leaves it, is taken back without being retired first.
   */
  @Test
  void recycle_rowLostItsChainWhileItIsChanged_isNobodyElsesBeforeThatEnds() {
    boolean changedAlive = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      begin();
      long ref = create(1, Long.MAX_VALUE);
      memory.set(ledger.rows().bucketOfRow(AccountRef.row(ref)), 0);
      boolean[] alive = {false};
      memory.after(
          accesses,
          () -> {
            ledger.beginSlotless();
            alive[0] = ledger.isCurrent(ref);
          });
      recycle();
      over = memory.stop();

      if (!over && alive[0]) {
        changedAlive = true;
        assertThat(AccountRef.row(create(OTHER, Long.MAX_VALUE)))
            .as("changed after %d accesses", accesses)
            .isNotEqualTo(AccountRef.row(ref));
      }
    }
    assertThat(changedAlive).isTrue();
  }

  /** Whoever only looks moves no window on: the row may be another's by then. */
  @Test
  void state_ofARollingWindow_changesNothing() {
    long ref = create(1, AccountSpec.rolling(86_400_000, 1, AccountUnit.TOKENS, ""));
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, 5, LIMIT, false);
    hold.complete();
    hold.settle(5, 0);
    for (int hour = 0; hour < 30; hour++) {
      long step = word(ref, LedgerDescriptor.ROW_MARK);
      assertThat(ledger.state(ref).settled()).as("hour %d", hour).isEqualTo(hour <= 24 ? 5 : 0);
      assertThat(ledger.settled(ref)).as("hour %d", hour).isEqualTo(hour <= 24 ? 5 : 0);
      assertThat(word(ref, LedgerDescriptor.ROW_MARK)).isEqualTo(step);
      clock.advance(Duration.ofHours(1));
    }
    recycle();
    assertThat(ledger.rows().used()).as("looked at, but idle").isZero();
  }

  @Test
  void recycle_aDeadProcessWasChangingTheRow_takesItBackOnceThatIsRecovered() {
    long ref = create(1, clock.millis() + 1_000);
    takeAllSlots();
    CrashPoint point = CrashPoint.after(Long.MAX_VALUE);
    Ledger victim = over(new CrashingMemory(memory.words(), null, point));
    LedgerHold hold = victim.begin(victim.now());
    point.arm(1);
    assertThatThrownBy(() -> hold.take(ref, 5, LIMIT, false)).isInstanceOf(CrashPoint.Crash.class);
    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));

    recycle();
    assertThat(ledger.isCurrent(ref)).as("somebody may be changing it").isTrue();

    DyingLedger.recover(ledger);
    recycle();
    assertThat(ledger.isCurrent(ref)).isFalse();
  }

  /** Its participant may be another ledger's by then. */
  @Test
  void mark_ledgerIsClosed_countsNothing() {
    long ref = create(1, clock.millis() + 1_000);
    assertThat(ledger.slots().slotless().leave(0)).isTrue();

    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      memory.after(accesses, () -> assertThat(ledger.slots().slotless().isCounting(0)).isFalse());
      assertThat(ledger.mark(ref, ledger.marks(ref), accesses)).isTrue();
      over = memory.stop();
    }
  }

  @Test
  void close_aThreadIsChangingARow_keepsItsParticipant() {
    boolean counted = ledger.beginSlotless();

    assertThat(ledger.slots().slotless().leave(0)).isFalse();

    assertThat(ledger.beginSlotless()).as("goes on to count").isTrue();
    ledger.endSlotless(true);
    ledger.endSlotless(counted);
    assertThat(ledger.slots().slotless().leave(0)).isTrue();
  }

  private void takeAllSlots() {
    for (int i = 0; i < SIZES.slots(); i++) {
      LedgerHold hold = ledger.begin(ledger.now());
      hold.complete();
      allSlots.add(hold);
    }
  }

  private long word(long ref, int field) {
    return ledger.rows().word(AccountRef.row(ref), field);
  }

  private long create(long key, long windowEnd) {
    return create(key, AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, ""));
  }

  private long create(long key, AccountSpec spec) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }

  private void recycle() {
    new Recycler(
            ledger.memory(),
            ledger.rows(),
            ledger.slots(),
            ledger.accounts(),
            new ClockGuard(ledger.memory(), clock))
        .recycle();
  }
}
