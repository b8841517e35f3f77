package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What buckets and rolling windows promise, for any stretch of time of any history: what was
 * settled in it and what is held at its end is at most the burst and what flowed in meanwhile, or
 * the limit of the window. Calls are as long as they like and may be released or cost less than
 * they held.
 */
final class AnyIntervalTest {
  private static final long LIMIT = 1_000;

  private final FakeClock clock = new FakeClock("2026-10-24T20:00:00Z");

  /** What was settled by then, and what was held. */
  private record Moment(long millis, long settled, long held) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bucket_inAnyInterval_passesNoMoreThanBurstAndFlow(long seed) {
    long burst = seed % 2 == 0 ? LIMIT : 3 * LIMIT;
    BudgetRule rule =
        BudgetRule.named("bucket")
            .limit(Budget.Unit.TOKENS, LIMIT)
            .burst(burst)
            .window(Window.MINUTE)
            .build();

    List<Moment> history = history(rule, new Random(seed), 10_000);

    for (int to = 0; to < history.size(); to++) {
      for (int from = 0; from < to; from++) {
        long elapsed = history.get(to).millis - history.get(from).millis;
        assertThat(passed(history, from, to))
            .isLessThanOrEqualTo(burst + LIMIT * elapsed / 60_000 + 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void rolling_inAnyIntervalOfItsLength_passesNoMoreThanItsLimit(long seed) {
    Duration length = Duration.ofMinutes(seed % 2 == 0 ? 10 : 7);
    BudgetRule rule =
        BudgetRule.named("rolling")
            .limit(Budget.Unit.TOKENS, LIMIT)
            .window(Window.rolling(length))
            .build();

    List<Moment> history = history(rule, new Random(seed), 60_000);

    for (int to = 0; to < history.size(); to++) {
      for (int from = 0; from < to; from++) {
        if (history.get(to).millis - history.get(from).millis <= length.toMillis()) {
          assertThat(passed(history, from, to)).isLessThanOrEqualTo(LIMIT);
        }
      }
    }
  }

  private static long passed(List<Moment> history, int from, int to) {
    Moment start = history.get(from);
    Moment end = history.get(to);
    return end.settled - start.settled + end.held;
  }

  private List<Moment> history(BudgetRule rule, Random random, int mostMillis) {
    Budgets budgets = new Budgets(List.of(rule), Ledger.inMemory(clock), clock);
    List<Admission.Hold> holds = new ArrayList<>();
    List<Long> amounts = new ArrayList<>();
    List<Moment> history = new ArrayList<>();
    long settled = 0;
    long held = 0;
    for (int step = 0; step < 1_500; step++) {
      clock.advance(Duration.ofMillis(random.nextInt(mostMillis) / (1 + random.nextInt(20))));
      long before = settled;
      if (random.nextBoolean()) {
        long amount = 1 + random.nextInt(random.nextInt(8) == 0 ? 1_000 : 200);
        if (budgets.reserve(amount, 0, Map.of()) instanceof Admission.Granted granted) {
          holds.add(granted.hold());
          amounts.add(amount);
          held += amount;
        }
      } else if (!holds.isEmpty()) {
        int which = random.nextInt(holds.size());
        long amount = amounts.remove(which);
        long actual = random.nextInt(3) == 0 ? 0 : random.nextLong(amount + 1);
        holds.remove(which).settle(actual, 0);
        held -= amount;
        settled += actual;
      }
      // An interval begins before what happens at its first moment.
      history.add(new Moment(clock.millis(), before, 0));
      history.add(new Moment(clock.millis(), settled, held));
    }
    assertThat(settled).isGreaterThan(5 * LIMIT);
    return history;
  }
}
