package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slots that name a participant who is not there, as a damaged page may say. */
final class StraySlotTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final int NOBODY = 3;
  private static final long LIMIT = 100;

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private Ledger ledger;
  private long ref;
  private long over;

  @BeforeEach
  void open() throws Exception {
    ledger = Ledger.open(home, clock, SIZES);
    ref = create(1, Long.MAX_VALUE - 1);
    over = create(2, clock.millis() + 1_000);
    hold(5).settle(4, 0);
    clock.advance(Duration.ofMillis(Recycler.RETENTION_MILLIS + 2_000));
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3",
    "2, 3",
    "3, 3",
    "4, 3",
    "5, 3",
    "6, 3",
    "7, 3",
    "9, 3",
    "1, 4",
    "2, 65535",
    "4, 65535"
  })
  void maintain_slotIsNobodys_endsItAndGoesOn(int state, int owner) {
    hold(7);
    int slot = slotThatHolds(7);
    ledger.slots().setActual(ledger.memory().words(), ledger.slots().entryAt(slot, 0), 3);
    own(slot, state, owner);

    ledger.maintain();

    assertThat(ledger.state(ref).held()).isZero();
    assertThat(ledger.settled(ref)).isEqualTo(state == Slots.CHARGING ? 4 + 3 : 4);
    assertThat(slotsInUse()).isZero();
    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isEqualTo(1);
    assertThat(ledger.isCurrent(over)).as("nothing keeps the recycler away").isFalse();
  }

  @Test
  void maintain_slotsAreOfTheLiving_endsNone() throws Exception {
    hold(7);
    try (Ledger other = Ledger.open(home, clock)) {
      LedgerHold theirs = other.begin(other.now());
      theirs.take(ref, 8, LIMIT, false);
      theirs.complete();

      ledger.maintain();

      assertThat(ledger.state(ref).held()).isEqualTo(15);
      theirs.release();
    }
  }

  /** It takes its lock, then its entry, then slots. */
  @Test
  void maintain_somebodyIsJoining_leavesTheSlotUntilNobodyIs() throws Exception {
    hold(7);
    own(slotThatHolds(7), Slots.HELD, NOBODY);
    try (LockFile joining =
        LockFile.tryLock(
            home.resolve("ledger-v" + LedgerDescriptor.VERSION + ".p" + NOBODY + ".lock"))) {
      assertThat(joining).isNotNull();
      ledger.maintain();
      assertThat(ledger.state(ref).held()).isEqualTo(7);
    }
    clock.advance(Duration.ofMinutes(2));
    ledger.maintain();
    assertThat(ledger.state(ref).held()).isZero();
  }

  /** Its threads may just have found out that the ledger is closed. */
  @Test
  void maintain_ownerLeftJustNow_waitsAMoment() throws Exception {
    int left = 1;
    Ledger.open(home, clock).close();
    hold(7);
    own(slotThatHolds(7), Slots.CLAIMED, left);
    ledger.maintain();
    assertThat(ledger.state(ref).held()).isEqualTo(7);

    clock.advance(Duration.ofMinutes(2));
    ledger.maintain();
    assertThat(ledger.state(ref).held()).isZero();
  }

  @Test
  void maintain_countOfNobodyIsDamaged_recyclesAllTheSame() {
    ledger.slots().slotless().begin(NOBODY);

    ledger.maintain();

    assertThat(ledger.isCurrent(over)).isFalse();
    assertThat(ledger.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).isEqualTo(1);
  }

  @Test
  void maintain_pageOfTheParticipantsIsZeroed_everybodyStaysWhoHeIs() throws Exception {
    hold(7);
    try (Ledger other = Ledger.open(home, clock)) {
      LedgerHold theirs = other.begin(other.now());
      theirs.take(ref, 8, LIMIT, false);
      theirs.complete();
      ledger
          .memory()
          .clear(
              LedgerDescriptor.PARTICIPANTS_OFFSET,
              SIZES.participants() * LedgerDescriptor.PARTICIPANT_STRIDE);

      other.maintain();
      ledger.maintain();
      assertThat(ledger.state(ref).held()).isEqualTo(15);
      try (Ledger later = Ledger.open(home, clock)) {
        clock.advance(Duration.ofMinutes(2));
        later.maintain();
        assertThat(ledger.state(ref).held()).isEqualTo(15);
      }
      theirs.settle(6, 0);
    }
    assertThat(ledger.settled(ref)).isEqualTo(10);
  }

  private LedgerHold hold(long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    assertThat(hold.take(ref, amount, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
    hold.complete();
    return hold;
  }

  private int slotThatHolds(long amount) {
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      if (ledger.slots().held(slot, 0) == amount) {
        return slot;
      }
    }
    throw new AssertionError("no slot holds " + amount);
  }

  private void own(int slot, int state, int owner) {
    long control = ledger.slots().control(slot);
    ledger.slots().setControl(slot, control & ~0xff_ffffL | (long) owner << 8 | state);
  }

  private int slotsInUse() {
    int used = 0;
    for (int slot = 0; slot < SIZES.slots(); slot++) {
      used += Slots.state(ledger.slots().control(slot)) == Slots.FREE ? 0 : 1;
    }
    return used;
  }

  private long create(long key, long windowEnd) {
    LedgerHold hold = ledger.begin(ledger.now());
    try {
      AccountSpec spec = AccountSpec.until(windowEnd, key, AccountUnit.TOKENS, "");
      return hold.create(key, key, spec, false);
    } finally {
      hold.release();
    }
  }
}
