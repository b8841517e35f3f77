package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.BareLedger.recycler;
import static io.tokenmeter.engine.ledger.BareLedger.until;
import static io.tokenmeter.engine.ledger.BareLedger.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Rows are taken back while calls are about to take from them. An intent has no fence of its own:
 * it is the claim of the slot that the recycler waits for.
 */
final class ClaimedSlotTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4);
  private static final long LIMIT = 100;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private PausingMemory memory = freshMemory();
  private Ledger ledger = over(memory);

  private static PausingMemory freshMemory() {
    return new PausingMemory(words(SIZES));
  }

  private Ledger over(Memory words) {
    return BareLedger.over(words, SIZES, clock);
  }

  @Test
  void recycle_slotWasClaimedWhileTheRowWasAlive_leavesTheRowToIt() {
    long ref = accountThatIsOver();
    LedgerHold claimed = ledger.begin(ledger.now());

    recycle();

    assertThat(claimed.take(ref, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    claimed.complete();
    recycle();
    assertThat(ledger.isCurrent(ref)).as("named by a slot that holds it").isTrue();
    claimed.settle(5, 0);
    assertThat(ledger.settled(ref)).isEqualTo(15);
  }

  @Test
  void recycle_slotIsClaimedMeanwhile_leavesTheRowIfItWasAliveThen() {
    boolean claimedAlive = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = accountThatIsOver();
      LedgerHold claimed = ledger.newHold();
      boolean[] alive = {false};
      memory.after(
          accesses,
          () -> {
            claimed.begin(ledger.now());
            alive[0] = ledger.isCurrent(ref);
          });
      recycle();
      over = memory.stop();

      if (!over && alive[0]) {
        claimedAlive = true;
        assertThat(claimed.take(ref, 5, LIMIT, false))
            .as("claimed after %d accesses", accesses)
            .isEqualTo(LedgerHold.Taken.WITHIN);
      }
    }
    assertThat(claimedAlive).isTrue();
    assertThat(ledger.rows().used()).as("where nothing was claimed").isZero();
  }

  @Test
  void recycle_nobodyIsAboutToTake_takesTheRowBackFromWhoComesLater() {
    long ref = accountThatIsOver();
    LedgerHold other = ledger.begin(ledger.now());
    other.complete();

    recycle();

    assertThat(ledger.rows().used()).isZero();
    LedgerHold late = ledger.begin(ledger.now());
    assertThat(late.take(ref, 5, LIMIT, false)).isEqualTo(LedgerHold.Taken.GONE);
    late.release();
    other.release();
  }

  @Test
  void recycle_aCreatorWaitsForIt_doesNotWaitForTheCreator() throws Exception {
    long ref = accountThatIsOver();
    ledger.memory().setVolatile(LedgerDescriptor.RECYCLING_OFFSET, 1);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Long> created = pool.submit(() -> create(2, Long.MAX_VALUE));
      while (!anyIn(Slots.WAITING) && !created.isDone()) {
        Thread.onSpinWait();
      }
      recycle();

      assertThat(ledger.isCurrent(ref)).isFalse();
      assertThat(created.get()).isNotZero();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void recycle_bucketIsChargedMeanwhile_keepsItAndTheCharge() {
    boolean charged = false;
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = create(1, AccountSpec.refill(LIMIT, 1_000, 1, AccountUnit.TOKENS, ""));
      clock.advance(Duration.ofHours(1));
      boolean[] within = {false};
      memory.after(accesses, () -> within[0] = spend(ref, 50));
      recycle();
      over = memory.stop();

      if (!over && within[0]) {
        charged = true;
        assertThat(ledger.isCurrent(ref)).as("charged after %d accesses", accesses).isTrue();
        assertThat(ledger.settled(ref)).as("charged after %d accesses", accesses).isEqualTo(50);
      }
    }
    assertThat(charged).isTrue();
    assertThat(ledger.rows().used()).as("where nothing was charged").isZero();
  }

  @Test
  void find_rowBecomesAnotherAccountsMeanwhile_neverNamesThatOne() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      accountThatIsOver();
      memory.after(
          accesses,
          () -> {
            recycle();
            create(2, Long.MAX_VALUE);
          });
      long found = ledger.find(1, 1);
      over = memory.stop();

      if (found != 0 && ledger.isCurrent(found)) {
        assertThat(ledger.rows().word(AccountRef.row(found), LedgerDescriptor.ROW_KEY_LOW))
            .as("recycled after %d accesses", accesses)
            .isEqualTo(1);
      }
    }
  }

  /** Who looks has no slot: the row, and its ring, may be anybody's before the look is over. */
  @Test
  void state_rollingRowBecomesAnotherAccountsMeanwhile_writesNothingThere() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = create(1, AccountSpec.rolling(24 * 60_000, 1, AccountUnit.TOKENS, ""));
      spend(ref, 50);
      clock.advance(Duration.ofHours(1));
      memory.after(
          accesses,
          () -> {
            recycle();
            spend(create(2, Long.MAX_VALUE), 7);
            spend(create(3, Long.MAX_VALUE), 8);
            recycle();
          });
      ledger.state(ref);
      ledger.settled(ref);
      over = memory.stop();

      if (!over) {
        String point = "recycled after %d accesses".formatted(accesses);
        assertThat(ledger.settled(ledger.find(2, 2))).as(point).isEqualTo(7);
        assertThat(ledger.settled(ledger.find(3, 3))).as(point).isEqualTo(8);
        assertThat(ledger.state(ledger.find(2, 2)).held()).as(point).isZero();
        assertThat(ledger.state(ledger.find(3, 3)).held()).as(point).isZero();
        assertThat(memory.get(LedgerDescriptor.DAMAGE_OFFSET)).as(point).isZero();
      }
    }
  }

  /** Moving on by eight steps writes over the word that says what left the window before. */
  @Test
  void state_rollingWindowMovesOnMeanwhile_missesNothingThatIsInIt() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = create(1, AccountSpec.rolling(24 * 60_000, 1, AccountUnit.TOKENS, ""));
      spend(ref, 50);
      memory.after(
          accesses,
          () -> {
            clock.advance(Duration.ofMinutes(8));
            spend(ref, 5);
          });
      long settled = ledger.state(ref).settled();
      over = memory.stop();

      assertThat(settled).as("moved on after %d accesses", accesses).isIn(50L, 55L);
    }
  }

  @Test
  void mark_rowBecomesAnotherAccountsMeanwhile_marksNothingThere() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      clock.set("2026-11-22T10:00:00Z");
      memory = freshMemory();
      ledger = over(memory);
      long ref = accountThatIsOver();
      memory.after(
          accesses,
          () -> {
            recycle();
            create(2, Long.MAX_VALUE);
          });
      ledger.mark(ref, 0, 5);
      over = memory.stop();

      long other = ledger.find(2, 2);
      assertThat(other == 0 ? 0 : ledger.marks(other))
          .as("recycled after %d accesses", accesses)
          .isZero();
    }
  }

  @Test
  void recycle_rowLostItsChainAndHasASuccessor_waitsForWhoHoldsIt() {
    long ref = create(1, Long.MAX_VALUE);
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, 10, LIMIT, false);
    hold.complete();
    memory.set(ledger.rows().bucketOfRow(AccountRef.row(ref)), 0);
    long successor = create(1, Long.MAX_VALUE);
    recycle();
    long other = create(2, Long.MAX_VALUE);

    hold.settle(10, 0);

    assertThat(ledger.settled(other)).as("of somebody else").isZero();
    recycle();
    assertThat(ledger.settled(successor)).isEqualTo(10);
    assertThat(ledger.isCurrent(ref)).isFalse();
  }

  @Test
  void recycle_damagedRowIsHeld_isNobodyElsesBeforeThatEnds() {
    long ref = create(1, Long.MAX_VALUE);
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, 10, LIMIT, false);
    hold.complete();
    memory.set(ledger.rows().at(AccountRef.row(ref), LedgerDescriptor.ROW_CHECKSUM), 0);
    clock.advance(Duration.ofDays(1));
    recycle();
    long other = create(2, Long.MAX_VALUE);

    hold.settle(10, 0);

    assertThat(ledger.settled(other)).as("of somebody else").isZero();
    recycle();
    assertThat(ledger.rows().used()).isEqualTo(1);
  }

  @Test
  void begin_ledgerClosesMeanwhile_leavesNoSlotThatTheClosingDidNotSee() {
    boolean over = false;
    for (long accesses = 0; !over; accesses++) {
      memory = freshMemory();
      ledger = over(memory);
      LedgerHold hold = ledger.newHold();
      long now = ledger.now();
      boolean[] seen = {false};
      memory.after(
          accesses,
          () -> {
            ledger.close();
            seen[0] = anyIn(Slots.CLAIMED);
          });
      hold.begin(now);
      over = memory.stop();

      if (!over && !seen[0]) {
        assertThat(anyIn(Slots.CLAIMED)).as("closed after %d accesses", accesses).isFalse();
      }
      hold.release();
    }
  }

  private boolean spend(long ref, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    boolean within = hold.take(ref, amount, LIMIT, false) == LedgerHold.Taken.WITHIN;
    hold.complete();
    hold.settle(amount, 0);
    return within;
  }

  private boolean anyIn(int state) {
    for (int slot = 0; slot < ledger.slots().count(); slot++) {
      if (Slots.state(ledger.slots().control(slot)) == state) {
        return true;
      }
    }
    return false;
  }

  /** With 10 settled in it. */
  private long accountThatIsOver() {
    long ref = create(1, clock.millis() + 1_000);
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(ref, 10, LIMIT, false);
    hold.complete();
    hold.settle(10, 0);
    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
    return ref;
  }

  private long create(long key, long windowEnd) {
    return create(key, until(windowEnd, key));
  }

  private long create(long key, AccountSpec spec) {
    return BareLedger.create(ledger, key, spec);
  }

  private void recycle() {
    recycler(ledger, clock).recycle();
  }
}
