package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.BareLedger.giveHoldsTo;
import static io.tokenmeter.engine.ledger.BareLedger.over;
import static io.tokenmeter.engine.ledger.BareLedger.recover;
import static io.tokenmeter.engine.ledger.BareLedger.recycler;
import static io.tokenmeter.engine.ledger.BareLedger.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A process dies before each of its writes in turn while it makes a row, moves a rolling window on,
 * or takes rows back. The next one recovers it and takes back what it left; then no row is lost,
 * none is twice there, and every account has what was settled in it.
 */
final class RowCrashPointTest {
  private static final Sizes SIZES = new Sizes(16, 16, 4);
  private static final long LIMIT = 1_000;
  private static final long MINUTE = 60_000;

  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");

  @Test
  void createCalendar_crashAnywhere_losesNoRow() {
    crashEverywhere(
        ledger -> {},
        ledger -> charge(ledger, 2, 30),
        ledger -> {
          assertThat(settled(ledger, 2)).isIn(0L, 30L);
          charge(ledger, 2, 5);
          assertThat(settled(ledger, 2)).isIn(5L, 35L);
          assertThat(ledger.rows().used()).isEqualTo(1);
        });
  }

  @Test
  void createRolling_crashAnywhere_losesNeitherRowNorRing() {
    crashEverywhere(
        ledger -> {},
        ledger -> charge(ledger, 1, 30),
        ledger -> {
          assertThat(settled(ledger, 1)).isIn(0L, 30L);
          charge(ledger, 1, 5);
          assertThat(settled(ledger, 1)).isIn(5L, 35L);
          assertThat(ledger.rows().used()).isEqualTo(2);
        });
  }

  @Test
  void rollingMovesOn_crashAnywhere_windowHoldsWhatIsInItAndNoMore() {
    crashEverywhere(
        ledger -> {
          charge(ledger, 1, 100);
          clock.advance(Duration.ofMinutes(12));
          charge(ledger, 1, 10);
          clock.advance(Duration.ofMinutes(14));
        },
        ledger -> {
          LedgerHold hold = ledger.begin(ledger.now());
          hold.take(ledger.find(1, 1), 1, LIMIT, false);
          hold.release();
        },
        ledger -> {
          assertThat(ledger.state(ledger.find(1, 1)).held()).isZero();
          assertThat(settled(ledger, 1)).isEqualTo(10);
          clock.advance(Duration.ofMinutes(12));
          assertThat(settled(ledger, 1)).as("by the words of the steps in between").isZero();
        });
  }

  @Test
  void recycle_crashAnywhere_takesBackAllThatIsOverAndNothingElse() {
    crashEverywhere(
        ledger -> {
          charge(ledger, 1, 100);
          charge(ledger, 3, 7);
          charge(ledger, 2, 40);
          clock.advance(Duration.ofHours(3));
        },
        ledger -> recycler(ledger, clock).recycle(),
        ledger -> {
          assertThat(ledger.find(1, 1)).isZero();
          assertThat(settled(ledger, 2)).isEqualTo(40);
          assertThat(settled(ledger, 3)).isEqualTo(7);
          assertThat(ledger.rows().used()).isEqualTo(2);
          charge(ledger, 1, 1);
          assertThat(settled(ledger, 1)).isEqualTo(1);
        });
  }

  @Test
  void recycle_crashAnywhere_othersGoOnMeanwhileAndNothingOfTheirsIsLost() {
    LedgerHold[] held = new LedgerHold[1];
    crashEverywhere(
        ledger -> {
          charge(ledger, 1, 100);
          charge(ledger, 4, 60);
          held[0] = hold(ledger, 4, 9);
          giveHoldsTo(ledger, 1);
          charge(ledger, 5, 50);
          charge(ledger, 2, 40);
          clock.advance(Duration.ofDays(3));
        },
        ledger -> recycler(ledger, clock).recycle(),
        ledger -> {
          // Before anybody finishes what the dead one began.
          assertThat(settled(ledger, 2)).isEqualTo(40);
          LedgerHold more = ledger.begin(ledger.now());
          long ref = ledger.find(2, 2);
          assertThat(more.take(ref, 3, LIMIT, false)).isEqualTo(LedgerHold.Taken.WITHIN);
          more.complete();
          more.settle(3, 0);
          assertThat(settled(ledger, 4)).isIn(0L, 60L);
        },
        ledger -> {
          assertThat(settled(ledger, 2)).isEqualTo(43);
          assertThat(ledger.find(1, 1)).isZero();
          assertThat(ledger.find(5, 5)).isZero();
          AccountState named = ledger.state(ledger.find(4, 4));
          assertThat(named.settled()).isEqualTo(60);
          assertThat(named.held()).as("a living one's slot names it").isEqualTo(9);
          assertThat(ledger.rows().used()).isEqualTo(2);
          charge(ledger, 5, 1);
          assertThat(settled(ledger, 5)).isEqualTo(1);
          held[0].settle(9, 0);
        });
  }

  private void crashEverywhere(
      Consumer<Ledger> before, Consumer<Ledger> work, Consumer<Ledger> check) {
    crashEverywhere(before, work, next -> {}, check);
  }

  private void crashEverywhere(
      Consumer<Ledger> before,
      Consumer<Ledger> work,
      Consumer<Ledger> meanwhile,
      Consumer<Ledger> check) {
    int writes = 0;
    for (boolean crashed = true; crashed; writes++) {
      clock.set("2026-11-22T10:00:00Z");
      ByteBuffer words = words(SIZES);
      Ledger next = over(new Memory(words), SIZES, clock);
      before.accept(next);
      crashed = crashes(words, writes, work);
      assertThat(recover(next, DyingLedger.PARTICIPANT)).isNotNegative();
      meanwhile.accept(next);
      recycler(next, clock).recycle();
      check.accept(next);
      assertThat(next.memory().get(LedgerDescriptor.DAMAGE_OFFSET)).as("write %d", writes).isZero();
      assertThat(next.recycler()).as("write %d", writes).isZero();
    }
    assertThat(writes).isGreaterThan(3);
  }

  private boolean crashes(ByteBuffer words, int writes, Consumer<Ledger> work) {
    try {
      work.accept(over(new CrashingMemory(words, writes), SIZES, clock));
      return false;
    } catch (CrashPoint.Crash crash) {
      return true;
    }
  }

  /** Accounts 4 and 5 are of a day that is over soon; see {@link #spec}. */
  private void charge(Ledger ledger, long key, long amount) {
    hold(ledger, key, amount).settle(amount, 0);
  }

  private LedgerHold hold(Ledger ledger, long key, long amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    hold.take(hold.create(key, key, spec(key), false), amount, LIMIT, false);
    hold.complete();
    return hold;
  }

  /** Account 1 is a rolling one of 24 minutes, the others are of a month that goes on. */
  private AccountSpec spec(long key) {
    if (key == 1) {
      return AccountSpec.rolling(24 * MINUTE, key, AccountUnit.TOKENS, "a");
    }
    long end = key >= 4 ? clock.millis() + MINUTE : Long.MAX_VALUE - 1;
    return AccountSpec.until(end, key, AccountUnit.TOKENS, "a");
  }

  private static long settled(Ledger ledger, long key) {
    long ref = ledger.find(key, key);
    return ref == 0 ? 0 : ledger.settled(ref);
  }
}
