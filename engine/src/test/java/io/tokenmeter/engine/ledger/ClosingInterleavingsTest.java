package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.ledger.ClosedRows.ClosedRow;
import io.tokenmeter.engine.ledger.Interleavings.Scenario;
import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Something is charged to a row while it is put on record, or taken back. Whatever the order, the
 * last line that the row gets has all of it.
 */
final class ClosingInterleavingsTest {
  private static final Sizes SIZES = new Sizes(16, 4, 4, 8);
  private static final int INTERRUPTIONS = Integer.getInteger("engine.interruptions", 2);
  private static final Instant NOVEMBER = Instant.parse("2026-11-30T12:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-01T02:00:00Z");

  private final Interleavings interleavings = new Interleavings();
  private final FakeClock clock = new FakeClock(NOVEMBER.toString());

  @AfterEach
  void stop() {
    interleavings.close();
  }

  /** A ledger, what closes its windows, and what was last put on record of each row. */
  private final class Fixture {
    final SteppedMemory memory;
    final Ledger ledger;
    final Map<String, ClosedRow> record = new ConcurrentHashMap<>();

    Fixture() {
      ByteBuffer words = ByteBuffer.allocateDirect((int) SIZES.length() + 64).alignedSlice(64);
      memory = new SteppedMemory(words);
      LedgerFile.writeHeader(memory, SIZES);
      ledger = Ledger.over(new LedgerFile.Opened(memory, SIZES, Growth.NONE), clock);
    }

    LedgerHold hold(long amount) {
      AccountSpec spec = AccountSpec.until(NOVEMBER.toEpochMilli(), 1, AccountUnit.TOKENS, "a");
      LedgerHold hold = ledger.begin(clock.millis());
      hold.take(hold.create(1, 1, spec, false), amount, 100, false);
      hold.complete();
      return hold;
    }

    void close() {
      try {
        new WindowCloser(ledger.rows(), new RecordedSums(memory, ledger.rows()), ledger)
            .close(rows -> rows.forEach(row -> record.put(row.id(), row)), clock.millis());
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    void recycle() {
      ClockGuard guard = new ClockGuard(memory, clock);
      Recycler recycler =
          new Recycler(memory, ledger.rows(), ledger.slots(), ledger.accounts(), guard);
      recycler.takeOnlyRecorded(true);
      recycler.recycle();
    }

    String onRecord() {
      close();
      assertThat(record).hasSize(1);
      ClosedRow last = record.values().iterator().next();
      if (last instanceof ClosedRow.OfBudget budget) {
        return "settled " + budget.settled();
      }
      Spend spend = ((ClosedRow.OfSpend) last).spend();
      return "%d calls, %d unpriced, %d tokens, %d nano-USD"
          .formatted(spend.calls(), spend.unpriced(), spend.tokens(), spend.nanoUsd());
    }
  }

  @Test
  void closeWhileACallSettles_lastLineHasIt() {
    assertThat(
            interleavings.outcomes(
                INTERRUPTIONS,
                () -> {
                  clock.set(NOVEMBER.minus(Duration.ofHours(1)).toString());
                  Fixture fixture = new Fixture();
                  fixture.hold(10).settle(10, 0);
                  LedgerHold late = fixture.hold(10);
                  clock.set(DECEMBER.toString());
                  return new Scenario(
                      fixture.memory, () -> late.settle(8, 0), fixture::close, fixture::onRecord);
                }))
        .containsOnlyKeys("settled 18");
  }

  @Test
  void closeWhileSpendIsAdded_lastLineHasIt() {
    assertThat(
            interleavings.outcomes(
                INTERRUPTIONS,
                () -> {
                  clock.set(NOVEMBER.toString());
                  Fixture fixture = new Fixture();
                  Map<String, String> keys = Map.of("team", "a");
                  fixture.ledger.spend().add(keys, 1, 10, true, NOVEMBER);
                  clock.set(DECEMBER.toString());
                  return new Scenario(
                      fixture.memory,
                      () -> fixture.ledger.spend().add(keys, 2, 20, false, NOVEMBER),
                      fixture::close,
                      fixture::onRecord);
                }))
        .containsOnlyKeys("2 calls, 1 unpriced, 3 tokens, 30 nano-USD");
  }

  @Test
  void closeAndRecycleWhileACallSettles_theRowStaysUntilItIsOnRecord() {
    assertThat(
            interleavings.outcomes(
                INTERRUPTIONS,
                () -> {
                  clock.set(NOVEMBER.minus(Duration.ofHours(1)).toString());
                  Fixture fixture = new Fixture();
                  fixture.hold(10).settle(10, 0);
                  LedgerHold late = fixture.hold(10);
                  clock.set(DECEMBER.plus(Duration.ofDays(1)).toString());
                  return new Scenario(
                      fixture.memory,
                      () -> late.settle(8, 0),
                      () -> {
                        fixture.close();
                        fixture.recycle();
                      },
                      fixture::onRecord);
                }))
        .containsOnlyKeys("settled 18");
  }
}
