package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
  private static final long LIMIT = 1_000;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock, new Sizes(32, 8, 4));

  @Test
  void begin_slotsAreAllTaken_countsAsSpentUntilItEnds() {
    List<LedgerHold> holds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      holds.add(hold(10));
    }
    LedgerHold unslotted = ledger.begin(ledger.now());
    assertThat(unslotted.take(account(), 100, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    unslotted.complete();

    assertThat(state().settled()).isEqualTo(100);
    assertThat(state().held()).isEqualTo(80);
    LedgerHold tooMuch = ledger.begin(ledger.now());
    assertThat(tooMuch.take(account(), LIMIT - 180 + 1, LIMIT, false))
        .isEqualTo(LedgerHold.Taken.EXCEEDED);
    tooMuch.release();
    assertThat(state().committed()).isEqualTo(180);

    unslotted.settle(130, 0);
    assertThat(state().settled()).isEqualTo(130);
    assertThat(state().held()).isEqualTo(80);
    holds.forEach(LedgerHold::release);
    assertThat(state().committed()).isEqualTo(130);
  }

  @Test
  void settle_unslottedForLess_givesTheRestBack() {
    for (int i = 0; i < 8; i++) {
      hold(0);
    }
    LedgerHold unslotted = hold(100);

    unslotted.settle(1, 0);

    assertThat(state().settled()).isEqualTo(1);
    assertThat(state().held()).isZero();
  }

  @Test
  void settle_slotIsUsedAgain_chargesTheRightHold() {
    LedgerHold first = hold(10);
    first.release();
    for (int i = 0; i < 20; i++) {
      LedgerHold next = hold(7);
      first.settle(100, 0);
      next.settle(1, 0);
    }
    assertThat(state().settled()).isEqualTo(20);
    assertThat(state().held()).isZero();
  }

  @Test
  void maintain_holdIsOverdue_givesItBackAndStillChargesItLate() {
    LedgerHold forgotten = hold(600);
    clock.advance(Duration.ofMillis(Ledger.HOLD_LIFETIME_MILLIS));
    ledger.maintain();
    assertThat(state().held()).isEqualTo(600);

    clock.advance(Duration.ofMillis(1));
    ledger.maintain();
    assertThat(state().committed()).isZero();

    forgotten.settle(250, 0);
    forgotten.settle(250, 0);
    assertThat(state().settled()).isEqualTo(250);
    assertThat(state().held()).isZero();
  }

  @Test
  void extend_streamGoesOnForHours_staysHeldUntilItStops() {
    LedgerHold stream = hold(600);
    for (int minute = 0; minute < 300; minute += 20) {
      clock.advance(Duration.ofMinutes(20));
      assertThat(stream.extend(clock.millis())).isTrue();
      ledger.maintain();
      assertThat(state().held()).isEqualTo(600);
    }

    clock.advance(Duration.ofMillis(Ledger.HOLD_LIFETIME_MILLIS + 1));
    ledger.maintain();
    assertThat(state().held()).isZero();
    assertThat(stream.extend(clock.millis())).as("it has expired").isFalse();
  }

  @Test
  void settle_lateAndBeyondTheHold_isDebtThatBlocksTheNextCall() {
    LedgerHold forgotten = hold(600);
    clock.advance(Duration.ofMillis(Ledger.HOLD_LIFETIME_MILLIS + 1));
    ledger.maintain();
    hold(900).settle(900, 0);

    forgotten.settle(650, 0);

    assertThat(state().settled()).isEqualTo(1_550);
    LedgerHold next = ledger.begin(clock.millis());
    assertThat(next.take(account(), 1, LIMIT, false)).isEqualTo(LedgerHold.Taken.EXCEEDED);
  }

  @Test
  void finish_entriesWithAmountsOfTheirOwn_chargesEachItsOwn() {
    LedgerHold split = ledger.begin(clock.millis());
    assertThat(split.takeUpTo(create(1, Long.MAX_VALUE - 1), 700, 500)).isEqualTo(500);
    assertThat(split.takeUpTo(create(1, Long.MAX_VALUE - 1), 200, 500)).isZero();
    assertThat(split.take(create(2, Long.MAX_VALUE - 1), 200, 300, false))
        .isEqualTo(LedgerHold.Taken.WITHIN);
    split.complete();
    assertThat(split.entries()).isEqualTo(2);
    assertThat(split.held(0)).isEqualTo(500);

    assertThat(split.end()).isTrue();
    split.charge(0, 480);
    split.charge(1, 20);
    split.finish();
    assertThat(split.end()).isFalse();

    assertThat(ledger.state(ledger.find(1, 1)).settled()).isEqualTo(480);
    assertThat(ledger.state(ledger.find(1, 1)).held()).isZero();
    assertThat(ledger.state(ledger.find(2, 2)).settled()).isEqualTo(20);
    assertThat(ledger.state(ledger.find(2, 2)).held()).isZero();
  }

  @Test
  void add_callOutgrowsItsHold_chargesTheWholeOnce() {
    LedgerHold call = hold(100);
    LedgerHold more = hold(50);
    assertThat(call.add(more)).isTrue();
    assertThat(state().held()).isEqualTo(150);

    call.settle(140, 0);

    assertThat(state().settled()).isEqualTo(140);
    assertThat(state().held()).isZero();
    LedgerHold late = hold(50);
    assertThat(call.add(late)).as("it has ended").isFalse();
    assertThat(state().held()).isZero();
  }

  @Test
  void begin_holdIsUsedAgain_startsAfresh() {
    LedgerHold hold = hold(100);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> hold.begin(clock.millis())))
        .isInstanceOf(IllegalStateException.class);
    hold.settle(30, 0);
    hold.begin(clock.millis());
    hold.take(account(), 7, LIMIT, false);
    hold.complete();
    assertThat(state().held()).isEqualTo(7);
    hold.settle(5, 0);

    assertThat(state().settled()).isEqualTo(35);
    assertThat(state().held()).isZero();
  }

  @Test
  void close_holdsAreOpen_givesThemBackAndStillChargesThemLate() {
    LedgerHold open = hold(600);

    ledger.close();
    ledger.close();
    assertThat(state().committed()).isZero();

    open.settle(40, 0);
    assertThat(state().settled()).isEqualTo(40);
    assertThat(state().held()).isZero();
  }

  @Test
  void close_thenUse_countsAndDoesNotFail() {
    account();
    ledger.close();
    ledger.maintain();

    hold(30).settle(20, 0);

    assertThat(state().settled()).isEqualTo(20);
    assertThat(state().held()).isZero();
  }

  @Test
  void take_pageIsDamaged_paysForNothing() {
    long ref = account();
    ledger.memory().set(ledger.rows().offset(ref) + LedgerDescriptor.ROW_COMMITTED, -5);

    LedgerHold hold = ledger.begin(ledger.now());
    assertThat(hold.take(ref, 1, LIMIT, false)).isEqualTo(LedgerHold.Taken.EXCEEDED);
  }

  @Test
  void maintain_chainIsLost_isCountedAndRepaired() {
    long ref = create(7, Long.MAX_VALUE - 1);
    LedgerHold hold = ledger.begin(clock.millis());
    hold.take(ref, 500, LIMIT, false);
    hold.complete();
    hold.settle(500, 0);
    for (int bucket = 0; bucket < ledger.rows().buckets(); bucket++) {
      ledger.memory().set(ledger.rows().bucket(bucket), 0);
    }
    assertThat(ledger.find(7, 7)).isZero();

    ledger.maintain();

    assertThat(ledger.find(7, 7)).isEqualTo(ref);
    assertThat(ledger.state(ref).settled()).isEqualTo(500);
    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isPositive();
  }

  @Test
  void maintain_chainIsLostAndTheKeyHasANewRow_bothAreCharged() {
    hold(300).settle(300, 0);
    for (int bucket = 0; bucket < ledger.rows().buckets(); bucket++) {
      ledger.memory().set(ledger.rows().bucket(bucket), 0);
    }
    hold(200).settle(200, 0);
    assertThat(state().settled()).isEqualTo(200);

    ledger.maintain();

    assertThat(state().settled()).isEqualTo(500);
    assertThat(state().held()).isZero();
  }

  @Test
  void maintain_chainOfRowsThatAreOverLeadsRound_isCutOff() {
    for (long key = 1; key <= 3; key++) {
      create(key, clock.millis() - Recycler.RETENTION_MILLIS - 1);
      int row = AccountRef.row(ledger.find(key, key));
      ledger.memory().set(ledger.rows().at(row, LedgerDescriptor.ROW_NEXT), key == 1 ? 1 : key - 1);
    }

    ledger.maintain();

    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isPositive();
    for (long key = 1; key <= 3; key++) {
      assertThat(create(key, Long.MAX_VALUE - 1)).isNotZero();
    }
    assertThat(ledger.rows().used()).isEqualTo(3);
  }

  @Test
  void find_rowIsDamaged_isNotTakenForAnAccount() {
    long ref = create(7, Long.MAX_VALUE - 1);
    ledger
        .memory()
        .set(
            ledger.rows().at(AccountRef.row(ref), LedgerDescriptor.ROW_WINDOW_END),
            clock.millis() + 1);

    assertThat(ledger.find(7, 7)).isZero();
    create(7, Long.MAX_VALUE - 1);
    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isPositive();
  }

  @Test
  void open_otherLayoutIsInUse_isSeen(@TempDir Path directory) throws IOException {
    LockFile held = LockFile.tryLock(directory.resolve("ledger-v1.p3.lock"));
    Files.createFile(directory.resolve("ledger-v9.p0.lock"));
    try (Ledger ledger = Ledger.open(directory, clock)) {
      assertThat(ledger.isShared()).isTrue();
      synchronized (LockFile.JVM_MONITOR) {
        assertThat(OtherVersions.inUse(directory)).containsExactly(1L);
      }
    }
    held.close();
  }

  @Test
  void maintain_windowEndedLongAgo_takesRowsBackAndKeepsTheOthers() {
    for (long key = 1; key <= 20; key++) {
      create(
          key,
          key % 2 == 0 ? clock.millis() + 1_000 : clock.millis() + Duration.ofDays(30).toMillis());
    }
    long gone = ledger.find(2, 2);

    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS));
    ledger.maintain();
    assertThat(ledger.find(2, 2)).isEqualTo(gone);
    LedgerHold held = ledger.begin(ledger.now());
    long heldRow = ledger.find(4, 4);
    assertThat(held.take(heldRow, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    held.complete();
    clock.advance(Duration.ofMinutes(2));
    ledger.maintain();

    for (long key = 1; key <= 20; key++) {
      assertThat(ledger.find(key, key) != 0).as("key " + key).isEqualTo(key % 2 == 1 || key == 4);
    }
    LedgerHold late = ledger.begin(ledger.now());
    assertThat(late.take(gone, 1, LIMIT, false)).isEqualTo(LedgerHold.Taken.GONE);
    late.release();
    assertThat(ledger.state(heldRow).held()).as("a slot names the row").isEqualTo(5);
    held.settle(5, 0);
    clock.advance(Duration.ofMinutes(2));
    ledger.maintain();
    assertThat(ledger.memory().get(LedgerDescriptor.ROWS_USED_OFFSET)).isEqualTo(10);
    for (long key = 101; key <= 110; key++) {
      long ref = create(key, clock.millis() + 1_000);
      assertThat(ledger.state(ref).committed()).isZero();
      assertThat(ledger.state(ref).label()).isEqualTo("label " + key);
    }
  }

  @Test
  void maintain_atTheBorder_aRowStaysAndAMillisecondLaterItGoes() {
    create(2, clock.millis());
    long session = create(3, AccountSpec.session(60_000, 3, AccountUnit.TOKENS, "s"));
    clock.advance(Duration.ofMinutes(1));
    ledger.maintain();
    assertThat(ledger.find(3, 3)).as("idle for just so long").isEqualTo(session);
    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS - 60_000));
    ledger.maintain();
    assertThat(ledger.find(2, 2)).as("a day after its window").isNotZero();
    assertThat(ledger.find(3, 3)).isZero();
    clock.advance(Duration.ofMillis(60_001));
    ledger.maintain();
    assertThat(ledger.find(2, 2)).isZero();
  }

  @Test
  void maintain_bucketOrRollingWindowOfALongCall_stays() {
    for (AccountSpec spec :
        List.of(
            AccountSpec.refill(100, 1_000, 2, AccountUnit.TOKENS, "b"),
            AccountSpec.rolling(24_000, 3, AccountUnit.TOKENS, "r"))) {
      long ref = create(spec.rule(), spec);
      LedgerHold call = ledger.begin(clock.millis());
      call.take(ref, 60, 100, false);
      call.complete();
      clock.advance(Duration.ofMinutes(50));
      ledger.maintain();
      // What is held is not in a slot that names the row only: it is in the row.
      assertThat(ledger.find(spec.rule(), spec.rule())).isEqualTo(ref);
      assertThat(ledger.state(ref).held()).isEqualTo(60);
      call.settle(70, 0);
      assertThat(ledger.state(ref).settled()).isEqualTo(70);
    }
  }

  @Test
  void settle_lateInASession_keepsItAlive() {
    long ref = create(3, AccountSpec.session(600_000, 3, AccountUnit.TOKENS, "s"));
    LedgerHold call = ledger.begin(clock.millis());
    call.take(ref, 60, 100, false);
    call.complete();
    clock.advance(Duration.ofMinutes(9));
    call.settle(60, 0);
    clock.advance(Duration.ofMinutes(9));
    ledger.maintain();

    assertThat(ledger.find(3, 3)).isEqualTo(ref);
    assertThat(ledger.state(ref).settled()).isEqualTo(60);
  }

  /** A call's time is from before the clock was set back, by how much that was is not. */
  @Test
  void take_clockIsSetBackMeanwhile_nothingFlowsInForIt() {
    for (AccountSpec spec :
        List.of(
            AccountSpec.refill(LIMIT, 3_600_000, 7, AccountUnit.TOKENS, "bucket"),
            AccountSpec.rolling(3_600_000, 8, AccountUnit.TOKENS, "rolling"))) {
      LedgerHold first = ledger.begin(ledger.now());
      long ref = first.create(spec.rule(), spec.rule(), spec, false);
      first.take(ref, LIMIT, LIMIT, false);
      first.complete();
      first.settle(LIMIT, 0);
      LedgerHold call = ledger.begin(ledger.now());

      clock.advance(Duration.ofHours(-2));
      ledger.now();

      assertThat(call.take(ref, LIMIT, LIMIT, false)).isEqualTo(LedgerHold.Taken.EXCEEDED);
      call.release();
      assertThat(ledger.settled(ref)).as("to the second").isGreaterThan(LIMIT - 2);
    }
  }

  @Test
  void believedTime_setBackByJustAsMuchAsIsIgnored_standsStill() {
    long seen = ledger.believedTime(clock.millis());
    clock.advance(Duration.ofMillis(-ClockGuard.TOLERANCE_MILLIS));
    assertThat(ledger.believedTime(clock.millis())).isEqualTo(seen);
    clock.advance(Duration.ofMillis(-1));
    assertThat(ledger.believedTime(clock.millis())).isEqualTo(clock.millis());
  }

  private long create(long key, AccountSpec spec) {
    LedgerHold hold = ledger.begin(ledger.now());
    long ref = hold.create(key, key, spec, false);
    hold.release();
    return ref;
  }

  @Test
  void closeWindows_manyRows_comeInBatchesOfWhichEachIsWhole(@TempDir Path directory)
      throws IOException {
    try (Ledger shared = Ledger.open(directory, clock)) {
      for (long key = 1; key <= WindowCloser.MAX_BATCH + 1; key++) {
        create(shared, key, clock.millis());
      }
      clock.advance(Duration.ofMillis(WindowCloser.SETTLING_MILLIS));
      List<Integer> batches = new ArrayList<>();
      shared.closeWindows(rows -> batches.add(rows.size()));
      shared.closeWindows(rows -> batches.add(rows.size()));
      assertThat(batches).containsExactly(WindowCloser.MAX_BATCH, 1);
    }
  }

  @Test
  void create_tableIsFull_leavesTheLastRowsToOverflow() {
    int created = 0;
    for (long key = 1; key <= 32; key++) {
      created += create(key, Long.MAX_VALUE - 1) != 0 ? 1 : 0;
    }
    assertThat(created).isEqualTo(28);
    LedgerHold hold = ledger.begin(ledger.now());
    AccountSpec spec = AccountSpec.until(Long.MAX_VALUE - 1, 1, AccountUnit.TOKENS, "others");
    for (long key = 101; key <= 104; key++) {
      assertThat(hold.create(key, key, spec, true)).isNotZero();
    }
    assertThat(hold.create(105, 105, spec, true)).isZero();
    assertThat(ledger.find(106, 106)).isZero();
    assertThat(ledger.find(1, 1)).isNotZero();
  }

  @Test
  void create_sameHomeForAllKeys_findsEachAgain() {
    for (long key = 0; key < 20; key++) {
      LedgerHold hold = ledger.begin(ledger.now());
      AccountSpec spec =
          AccountSpec.until(Long.MAX_VALUE - 1, key, AccountUnit.TOKENS, "é".repeat(100));
      hold.create(7 + (key << 32), key + 1, spec, false);
      hold.release();
    }
    for (long key = 0; key < 20; key++) {
      AccountState state = ledger.state(ledger.find(7 + (key << 32), key + 1));
      assertThat(state.rule()).isEqualTo(key);
      assertThat(state.label()).isEqualTo("é".repeat(LedgerDescriptor.LABEL_BYTES / 2));
      assertThat(ledger.find(7 + (key << 32), key + 2)).isZero();
    }
  }

  @Test
  void maintain_recyclerDiedHalfWay_isFinishedByTheNext() {
    long gone = create(9, clock.millis() - Recycler.RETENTION_MILLIS - 1);
    long held = create(8, clock.millis() - Recycler.RETENTION_MILLIS - 1);
    LedgerHold hold = ledger.begin(clock.millis());
    hold.take(held, 5, LIMIT, false);
    hold.complete();
    ledger.memory().set(LedgerDescriptor.RECYCLING_OFFSET, 1);
    for (long ref : new long[] {gone, held}) {
      ledger.memory().getAndAdd(ledger.rows().offset(ref) + LedgerDescriptor.ROW_GENERATION, 1);
    }
    assertThat(create(10, Long.MAX_VALUE - 1)).as("while nobody finishes it").isZero();

    ledger.maintain();

    assertThat(create(10, Long.MAX_VALUE - 1)).isNotZero();
    assertThat(ledger.find(8, 8)).as("a slot names it").isEqualTo(held);
    assertThat(ledger.find(9, 9)).isZero();
    assertThat(ledger.memory().get(LedgerDescriptor.ROWS_USED_OFFSET)).isEqualTo(2);
  }

  @Test
  void maintain_recyclerDiedJustNow_isFinishedWithinASecond(@TempDir Path directory)
      throws IOException {
    try (Ledger shared = Ledger.open(directory, clock, new Sizes(32, 8, 4))) {
      shared.keepStatements(
          rows -> {
            throw new IOException("the disk is full");
          });
      shared.maintain();
      long closed = create(shared, 7, clock.millis() - WindowCloser.SETTLING_MILLIS);
      shared.memory().set(LedgerDescriptor.RECYCLING_OFFSET, 1);
      assertThat(create(shared, 8, Long.MAX_VALUE - 1)).as("while nobody finishes it").isZero();

      clock.advance(Duration.ofSeconds(1));
      shared.maintain();

      assertThat(create(shared, 8, Long.MAX_VALUE - 1)).isNotZero();
      assertThat(shared.find(7, 7)).as("it is not on record").isEqualTo(closed);
    }
  }

  @Test
  void maintain_recyclerDiedAndSomebodyCreates_noKeyGetsASecondRow() {
    long held = create(8, clock.millis() - Recycler.RETENTION_MILLIS - 1);
    LedgerHold hold = ledger.begin(clock.millis());
    hold.take(held, 5, LIMIT, false);
    hold.complete();
    LedgerHold creator = ledger.begin(clock.millis());
    int slot = slotInState(Slots.CLAIMED);
    ledger.memory().set(LedgerDescriptor.RECYCLING_OFFSET, 1);
    ledger.memory().getAndAdd(ledger.rows().offset(held) + LedgerDescriptor.ROW_GENERATION, 1);
    long control = ledger.slots().control(slot);
    ledger.slots().setControl(slot, Slots.inState(control, Slots.CREATING));

    ledger.maintain();
    assertThat(create(8, Long.MAX_VALUE - 1)).as("the retired row may come back").isZero();
    ledger.slots().setControl(slot, control);
    creator.release();
    ledger.maintain();

    assertThat(create(8, Long.MAX_VALUE - 1)).isEqualTo(held);
    hold.settle(5, 0);
    assertThat(ledger.state(held).settled()).isEqualTo(5);
  }

  private int slotInState(int state) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) == state) {
        return slot;
      }
    }
    throw new AssertionError("no slot in state " + state);
  }

  @Test
  void open_severalTimesInOneProcess_shareAndDoNotRecoverEachOther(@TempDir Path directory)
      throws IOException {
    try (Ledger first = Ledger.open(directory, clock)) {
      try (Ledger second = Ledger.open(directory, clock)) {
        hold(first, 10);
        hold(second, 20);
        clock.advance(Duration.ofMinutes(5));
        second.maintain();
        first.maintain();
        assertThat(first.state(first.find(1, 1)).held()).isEqualTo(30);
      }
      assertThat(first.state(first.find(1, 1)).held()).isEqualTo(10);
      try (Ledger third = Ledger.open(directory, clock)) {
        hold(third, 1);
        assertThat(first.state(first.find(1, 1)).held()).isEqualTo(11);
      }
    }
  }

  @Test
  void open_moreOftenThanThereIsRoom_saysSo(@TempDir Path directory) throws IOException {
    Sizes two = new Sizes(32, 8, 2);
    try (Ledger first = Ledger.open(directory, clock, two);
        Ledger second = Ledger.open(directory, clock, two)) {
      assertThat(first.hashSeed()).isEqualTo(second.hashSeed());
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(() -> Ledger.open(directory, clock)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is open 2 times");
    }
    Ledger.open(directory, clock).close();
  }

  private long create(long key, long windowEnd) {
    return create(ledger, key, windowEnd);
  }

  private static long create(Ledger ledger, long key, long windowEnd) {
    LedgerHold hold = ledger.begin(ledger.now());
    AccountSpec spec = AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, "label " + key);
    long ref = hold.create(key, key, spec, false);
    hold.release();
    return ref;
  }

  private long account() {
    long ref = ledger.find(1, 1);
    return ref != 0 ? ref : create(1, Long.MAX_VALUE - 1);
  }

  private AccountState state() {
    return ledger.state(account());
  }

  private LedgerHold hold(long tokens) {
    return hold(ledger, tokens);
  }

  private static LedgerHold hold(Ledger ledger, long tokens) {
    long found = ledger.find(1, 1);
    long ref = found != 0 ? found : create(ledger, 1, Long.MAX_VALUE - 1);
    LedgerHold hold = ledger.begin(ledger.now());
    assertThat(hold.take(ref, tokens, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    hold.complete();
    return hold;
  }
}
