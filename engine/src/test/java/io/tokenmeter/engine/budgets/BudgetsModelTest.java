package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.DyingLedger;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random reserves, growth, settlements, releases, reloads, recoveries, hours, and steps of the
 * clock back and forward by moments and by days, against {@link ReferenceBudgets}. Grants pay too,
 * become effective and expire. Calls outlive their holds and settle late; rows are taken back under
 * them.
 */
final class BudgetsModelTest {
  private static final Instant START = Instant.parse("2026-10-24T20:00:00Z");
  private static final int MOST_STEP_MINUTES = 60 * 60;
  private static final List<String> TEAMS = List.of("search", "ads", "store");
  private static final List<String> USERS = List.of("ann", "bob", "cem", "dee");
  private static final List<String> MODELS = List.of("gpt-4o", "gpt-4o-mini", "o3");
  private static final List<Window> WINDOWS =
      List.of(
          Window.MINUTE,
          Window.REFILL_HOUR,
          Window.HOUR,
          Window.DAY,
          Window.week(DayOfWeek.SUNDAY),
          Window.MONTH,
          Window.quarter(Month.NOVEMBER),
          Window.year(Month.NOVEMBER),
          Window.LIFETIME,
          Window.session(Duration.ofHours(3)),
          Window.rolling(Duration.ofHours(2)),
          Window.rolling(Duration.ofDays(3)));
  private static final List<Budget.Unit> UNITS =
      List.of(Budget.Unit.TOKENS, Budget.Unit.TOKENS, Budget.Unit.USD, Budget.Unit.CALLS);
  private static final List<ZoneId> ZONES =
      List.of(ZoneId.of("UTC"), ZoneId.of("Europe/Berlin"), ZoneId.of("Asia/Kolkata"));

  /** The profile "nightly" has more. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("engine.seeds", 8));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anySequenceOfCalls_agreesWithTheReference(long seed) {
    Random random = new Random(seed);
    FakeClock clock = new FakeClock(START.toString());
    List<BudgetRule> rules = rules(random);
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(rules, ledger, clock);
    ReferenceBudgets reference = new ReferenceBudgets(rules, clock);
    List<Admission.Hold> holds = new ArrayList<>();
    List<ReferenceBudgets.Hold> referenceHolds = new ArrayList<>();

    for (int step = 0; step < 2_500; step++) {
      String where = "seed %d, step %d".formatted(seed, step);
      // Both have seen every time that the clock showed.
      assertThat(budgets.time()).as(where).isEqualTo(reference.millis());
      int choice = random.nextInt(100);
      if (choice < 50) {
        long tokens = random.nextInt(1_000);
        long nanoUsd = random.nextInt(5) == 0 ? 0 : random.nextInt(1_000);
        Map<String, String> call = call(random);
        ReferenceBudgets.Outcome expected = reference.reserve(tokens, nanoUsd, call);
        Admission actual = budgets.reserve(tokens, nanoUsd, call);
        if (expected.refusedBy() != null) {
          assertThat(actual).as(where).isInstanceOf(Admission.Denied.class);
          Budget refused = ((Admission.Denied) actual).budget();
          assertThat(refused.name()).as(where).isEqualTo(expected.refusedBy());
        } else {
          assertThat(actual).as(where).isInstanceOf(Admission.Granted.class);
          Admission.Granted granted = (Admission.Granted) actual;
          assertThat(granted.exceeded().stream().map(Budget::name).toList())
              .as(where)
              .isEqualTo(expected.exceeded());
          holds.add(granted.hold());
          referenceHolds.add(expected.hold());
        }
      } else if (choice < 85 && !holds.isEmpty()) {
        int which = random.nextInt(holds.size());
        long tokens = random.nextInt(4) == 0 ? 0 : random.nextInt(1_200);
        long nanoUsd = tokens == 0 ? 0 : random.nextInt(1_200);
        if (tokens == 0) {
          holds.remove(which).release();
          reference.release(referenceHolds.remove(which));
        } else {
          holds.remove(which).settle(tokens, nanoUsd);
          reference.settle(referenceHolds.remove(which), tokens, nanoUsd);
        }
      } else if (choice < 88 && !holds.isEmpty()) {
        int which = random.nextInt(holds.size());
        long tokens = random.nextInt(500);
        long nanoUsd = random.nextInt(500);
        Budget refused = holds.get(which).grow(tokens, nanoUsd).refusedBy();
        assertThat(refused == null ? null : refused.name())
            .as(where)
            .isEqualTo(reference.grow(referenceHolds.get(which), tokens, nanoUsd));
      } else if (choice < 93) {
        clock.advance(Duration.ofMillis(random.nextInt(40_000)));
      } else if (choice < 94) {
        // Far enough to be believed, now and then further than rows outlive their windows.
        int minutes = random.nextInt(random.nextInt(4) > 0 ? 120 : MOST_STEP_MINUTES);
        clock.advance(Duration.ofMinutes(random.nextInt(5) < 3 ? -minutes : minutes));
      } else if (choice < 95) {
        clock.advance(Duration.ofMillis(-random.nextInt(20_000)));
      } else if (choice < 97) {
        clock.advance(Duration.ofMinutes(random.nextInt(random.nextBoolean() ? 40 : 30 * 60)));
        ledger.maintain();
        reference.maintain();
      } else if (choice < 98) {
        // All that is held is given back, as if its process had died; it may still settle.
        assertThat(DyingLedger.recover(ledger)).isNotNegative();
        reference.forgetHolds();
      } else {
        List<BudgetRule> changed = withOtherLimits(reference.rules(), random);
        budgets.replaceRules(changed);
        reference.replaceRules(changed);
      }
      if (step % 100 == 0) {
        assertThat(figures(budgets.list())).as(where).isEqualTo(reference.figures());
        assertThat(grants(budgets.grants())).as(where).isEqualTo(reference.grantFigures());
      }
    }
  }

  private static Map<String, String> figures(List<Budget> budgets) {
    return budgets.stream()
        .filter(budget -> budget.used() != 0 || budget.reserved() != 0)
        .collect(
            Collectors.toMap(
                budget -> budget.name() + " " + budget.scope(),
                budget -> budget.used() + " " + budget.reserved() + " " + budget.remaining()));
  }

  private static Map<String, String> grants(List<GrantState> grants) {
    return grants.stream()
        .collect(
            Collectors.toMap(
                state -> state.grant().budget() + " " + state.grant().id(),
                state -> state.settled() + " " + state.held()));
  }

  private static List<BudgetRule> rules(Random random) {
    List<BudgetRule> rules = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      Map<String, String> match =
          switch (random.nextInt(3)) {
            case 0 -> Map.of();
            case 1 -> Map.of("team", TEAMS.get(random.nextInt(3)));
            default -> Map.of("model", "gpt*");
          };
      List<String> per =
          random.nextBoolean()
              ? List.of()
              : random.nextBoolean() ? List.of("user") : List.of("team", "user");
      Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
      Budget.Unit unit = UNITS.get(random.nextInt(4));
      rules.add(
          BudgetRule.named("rule" + i)
              .match(match)
              .per(per)
              .grants(grants("rule" + i, per, unit, window, random))
              .limit(
                  unit, isBucket(window) ? 2_000 + random.nextInt(6_000) : random.nextInt(200_000))
              .window(window)
              .zone(ZONES.get(random.nextInt(3)))
              .hard(random.nextInt(3) > 0)
              .build());
    }
    return rules;
  }

  /** For one row of the rule or for all of them, over some days, or from some day on for ever. */
  private static List<Grant> grants(
      String budget, List<String> per, Budget.Unit unit, Window window, Random random) {
    List<Grant> grants = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Map<String, String> scope = new HashMap<>();
      if (random.nextBoolean()) {
        per.forEach(key -> scope.put(key, key.equals("user") ? USERS.get(1) : TEAMS.get(1)));
        if (window.kind() == Window.Kind.SESSION) {
          scope.put("session", "s1");
        }
      }
      Instant effective = START.plus(Duration.ofHours(random.nextInt(12 * 24) - 24));
      Duration length = Duration.ofHours(1 + random.nextInt(4 * 24));
      grants.add(
          new Grant(
              "grant" + i,
              budget,
              scope,
              unit,
              random.nextInt(30_000),
              effective,
              random.nextInt(4) == 0 ? Instant.MAX : effective.plus(length),
              random.nextInt(3) - 1,
              0));
    }
    return grants;
  }

  /** Buckets keep their limit: another one is another bucket. */
  private static List<BudgetRule> withOtherLimits(List<BudgetRule> rules, Random random) {
    return rules.stream()
        .map(
            rule ->
                BudgetRule.named(rule.name())
                    .match(rule.match())
                    .per(rule.per())
                    .grants(rule.grants())
                    .limit(
                        rule.unit(),
                        isBucket(rule.window()) ? rule.limit() : random.nextInt(200_000))
                    .window(rule.window())
                    .zone(rule.zone())
                    .hard(random.nextInt(3) > 0)
                    .build())
        .toList();
  }

  private static boolean isBucket(Window window) {
    return window.kind() == Window.Kind.REFILL;
  }

  private static Map<String, String> call(Random random) {
    Map<String, String> call = new HashMap<>();
    call.put("model", MODELS.get(random.nextInt(3)));
    call.put("team", TEAMS.get(random.nextInt(3)));
    call.put("session", "s" + random.nextInt(3));
    if (random.nextInt(5) > 0) {
      call.put("user", USERS.get(random.nextInt(4)));
    }
    return call;
  }
}
