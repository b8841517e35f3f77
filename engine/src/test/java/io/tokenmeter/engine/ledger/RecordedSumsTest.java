package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecordedSumsTest {
  private final FakeClock clock = new FakeClock("2026-11-30T12:00:00Z");
  private final Ledger ledger = Ledger.inMemory(clock);
  private final RecordedSums recorded = new RecordedSums(ledger.memory(), ledger.rows());

  private int budgetRow() {
    LedgerHold hold = ledger.begin(clock.millis());
    long ref = hold.create(1, 2, AccountSpec.until(1, 3, AccountUnit.TOKENS, ""), false);
    hold.take(ref, 10, 100, false);
    hold.complete();
    hold.settle(10, 0);
    return AccountRef.row(ref);
  }

  @Test
  void note_sumOfABudget_isUpToDateUntilItChanges() {
    int row = budgetRow();
    assertThat(recorded.isUpToDate(row)).isFalse();
    recorded.note(row, 9);
    assertThat(recorded.isUpToDate(row)).as("one was charged while it was written").isFalse();
    recorded.note(row, recorded.figure(row));
    assertThat(recorded.isUpToDate(row)).isTrue();
    assertThat(recorded.lines(row)).isEqualTo(2);
    ledger.accounts().charge(ledger.rows().ref(row), 1);
    assertThat(recorded.isUpToDate(row)).isFalse();
    ledger.accounts().uncharge(ledger.rows().ref(row), 1);
    assertThat(recorded.isUpToDate(row)).isTrue();
  }

  @Test
  void forget_thenCrash_theSumBeforeIsNotTheLastLines() {
    int row = budgetRow();
    recorded.note(row, recorded.figure(row));
    recorded.forget(row);
    assertThat(recorded.isUpToDate(row)).isFalse();
    assertThat(recorded.lines(row)).isEqualTo(1);
  }

  @Test
  void note_alertsOfTheRow_stay() {
    int row = budgetRow();
    long ref = ledger.rows().ref(row);
    assertThat(ledger.mark(ref, 0, Marks.withTold(0, 3, 95))).isTrue();
    recorded.note(row, 10);
    assertThat(Marks.told(ledger.marks(ref), 3)).isEqualTo(95);
  }

  @Test
  void note_spend_isUpToDateUntilACallComes() {
    Instant now = clock.instant();
    ledger.spend().add(Map.of("team", "search"), 1, 2, false, now);
    int row = 1;
    recorded.note(row, recorded.figure(row));
    assertThat(recorded.isUpToDate(row)).isTrue();
    recorded.forget(row);
    assertThat(recorded.isUpToDate(row)).as("calls never become fewer").isTrue();
    ledger.spend().add(Map.of("team", "search"), 0, 0, false, now);
    assertThat(recorded.isUpToDate(row)).isFalse();
    assertThat(ledger.spend().all()).allMatch(spend -> spend.unpriced() == 2);
  }

  @Test
  void marks_atTheirBounds_doNotTouchEachOther() {
    long marks = Marks.withOnRecord(-1L >>> 32, (1L << 24) + 5);
    assertThat(Marks.withOneMoreUnpriced(marks)).as("stays at its most").isEqualTo(marks);
    assertThat(Marks.unpriced(marks)).isEqualTo(0xffff_ffffL);
    assertThat(Marks.hasOnRecord(marks, 5)).isTrue();
    assertThat(Marks.hasOnRecord(marks, 6)).isFalse();
    for (int i = 0; i < 300; i++) {
      marks = Marks.withOneMoreLine(marks);
    }
    assertThat(Marks.lines(marks)).isEqualTo(255);
    assertThat(Marks.hasOnRecord(marks, 5)).isTrue();
    assertThat(Marks.unpriced(marks)).isEqualTo(0xffff_ffffL);
  }
}
