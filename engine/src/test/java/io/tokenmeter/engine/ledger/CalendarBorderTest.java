package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Budgets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes spend from budgets of every calendar window at once, around moments at which some
 * of the windows end and others go on: nights in which clocks are set, and ends of fiscal quarters
 * and years. What fits into a window is worked out here by the calendar alone.
 */
final class CalendarBorderTest {
  private static final List<String> WINDOWS =
      List.of(
          "hour", "day", "week from sunday", "month", "quarter from february", "year from april");

  @TempDir Path home;
  private final List<WorkerProcess> workers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 2; i++) {
      WorkerProcess worker = new WorkerProcess(home);
      workers.add(worker);
      assertThat(worker.answer()).isEqualTo("ready");
      // The host's time begins before all borders, and goes on from one to the next.
      worker.ask("open");
    }
  }

  @AfterEach
  void end() throws Exception {
    for (WorkerProcess worker : workers) {
      worker.kill();
    }
  }

  /** Every process asks for more than is left, a little before a border and at it. */
  @Test
  void spend_aroundBorders_eachWindowHasItsLimitOnce() throws Exception {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    for (WorkerProcess worker : workers) {
      worker.ask("calendar " + berlin);
    }
    List<String> borders =
        List.of(
            "2027-01-31T23:00:00Z", // a fiscal quarter ends, and a month, a day
            "2027-03-28T01:00:00Z", // clocks go from 2 to 3
            "2027-03-28T22:00:00Z", // the day of 23 hours ends
            "2027-03-31T22:00:00Z", // a fiscal year ends, a month, but no quarter
            "2027-10-30T22:00:00Z", // a week begins, with the day of 25 hours
            "2027-10-31T00:00:00Z", // 2 o'clock, for the first time
            "2027-10-31T01:00:00Z", // 2 o'clock again
            "2027-10-31T23:00:00Z"); // the day of 25 hours ends; a quarter too
    TreeMap<String, Long> spent = new TreeMap<>();
    TreeSet<Integer> fresh = new TreeSet<>();
    for (String border : borders) {
      for (long millis : new long[] {-1_001, -1, 0, 1, 3_599_999}) {
        Instant now = Instant.parse(border).plusMillis(millis);
        for (WorkerProcess worker : workers) {
          worker.ask("at " + now);
        }
        long left = left(spent, now.atZone(berlin));
        fresh.add((int) left);
        if (left > 0) {
          assertThat(workers.get(0).ask("spend " + (left + 1))).as("%s", now).isEqualTo("denied");
          long part = left / 3 + 1;
          spend(workers.get(1), part, spent, now.atZone(berlin));
          if (left > part) {
            spend(workers.get(0), left - part, spent, now.atZone(berlin));
          }
        }
        for (WorkerProcess worker : workers) {
          assertThat(worker.ask("spend 1")).as("%s", now).isEqualTo("denied");
        }
        assertUsed(now, berlin, spent);
      }
    }
    assertThat(fresh).as("some borders give something, some nothing").contains(0, 100);
  }

  /** One process's clock is behind the other's: what the first began, the second goes by. */
  @Test
  void spend_clocksDifferAtABorder_theNewWindowHoldsForBothAndTheOldOneIsNotOpenedAgain()
      throws Exception {
    workers.get(0).ask("calendar UTC");
    workers.get(1).ask("calendar UTC");
    workers.get(0).ask("at 2027-12-31T23:59:59.500Z");
    assertThat(workers.get(0).ask("spend 100")).isEqualTo("spent");
    workers.get(0).ask("at 2028-01-01T00:00:00Z");
    assertThat(workers.get(0).ask("spend 60")).isEqualTo("spent");

    workers.get(1).ask("at 2027-12-31T23:59:58Z");
    assertThat(workers.get(1).ask("spend 41")).as("60 of 100 are spent").isEqualTo("denied");
    assertThat(workers.get(1).ask("spend 40")).isEqualTo("spent");
    assertThat(workers.get(0).ask("spend 1")).isEqualTo("denied");
  }

  private static void spend(
      WorkerProcess worker, long tokens, TreeMap<String, Long> spent, ZonedDateTime now)
      throws Exception {
    assertThat(worker.ask("spend " + tokens)).as("%d at %s", tokens, now).isEqualTo("spent");
    for (String window : WINDOWS) {
      spent.merge(window + " " + windowOf(window, now), tokens, Long::sum);
    }
  }

  private static long left(TreeMap<String, Long> spent, ZonedDateTime now) {
    long left = Long.MAX_VALUE;
    for (int i = 0; i < WINDOWS.size(); i++) {
      String window = WINDOWS.get(i) + " " + windowOf(WINDOWS.get(i), now);
      left = Math.min(left, 100 + 100L * i - spent.getOrDefault(window, 0L));
    }
    return left;
  }

  /** What people would call it. */
  private static String windowOf(String window, ZonedDateTime now) {
    int month = now.getMonthValue();
    return switch (window) {
      case "hour" -> now.toLocalDate() + " " + now.getHour() + " o'clock " + now.getOffset();
      case "day" -> now.toLocalDate().toString();
      case "week from sunday" ->
          now.toLocalDate().minusDays(now.getDayOfWeek().getValue() % 7).toString();
      case "month" -> now.getYear() + "-" + month;
      case "quarter from february" ->
          month == 1 ? now.getYear() - 1 + " Q4" : now.getYear() + " Q" + ((month - 2) / 3 + 1);
      case "year from april" -> "" + (month < 4 ? now.getYear() - 1 : now.getYear());
      default -> throw new IllegalArgumentException(window);
    };
  }

  private void assertUsed(Instant now, ZoneId zone, TreeMap<String, Long> spent) throws Exception {
    FakeClock clock = new FakeClock(now.toString());
    try (Ledger ledger = Ledger.open(home, clock)) {
      Set<String> seen = new TreeSet<>();
      for (Budget budget : new Budgets(LedgerWorker.calendar(zone.getId()), ledger, clock).list()) {
        String window = budget.name() + " " + windowOf(budget.name(), now.atZone(zone));
        assertThat(budget.used()).as(window).isEqualTo(spent.getOrDefault(window, 0L));
        assertThat(budget.reserved()).as(window).isZero();
        assertThat(Duration.between(now, budget.resetsAt())).as(window).isPositive();
        seen.add(budget.name());
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(WINDOWS);
    }
  }
}
