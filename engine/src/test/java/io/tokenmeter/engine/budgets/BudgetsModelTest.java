package io.tokenmeter.engine.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.DyingLedger;
import io.tokenmeter.engine.ledger.FakeClock;
import io.tokenmeter.engine.ledger.Ledger;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
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
 * Random reserves, growth, settlements, releases, reloads, recoveries, hours and small steps of the
 * clock back, against a reference that is as plain as can be: one thread, exact numbers, a map of
 * accounts. Calls outlive their holds and settle late; rows are taken back under them.
 */
final class BudgetsModelTest {
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
    FakeClock clock = new FakeClock("2026-10-24T20:00:00Z");
    List<BudgetRule> rules = rules(random);
    Ledger ledger = Ledger.inMemory(clock);
    Budgets budgets = new Budgets(rules, ledger, clock);
    Reference reference = new Reference(rules, clock);
    List<Admission.Hold> holds = new ArrayList<>();
    List<Reference.Hold> referenceHolds = new ArrayList<>();

    for (int step = 0; step < 2_500; step++) {
      String where = "seed %d, step %d".formatted(seed, step);
      // Both have seen every time that the clock showed.
      assertThat(budgets.time()).as(where).isEqualTo(reference.now());
      int choice = random.nextInt(100);
      if (choice < 50) {
        long tokens = random.nextInt(1_000);
        long nanoUsd = random.nextInt(5) == 0 ? 0 : random.nextInt(1_000);
        Map<String, String> call = call(random);
        Reference.Outcome expected = reference.reserve(tokens, nanoUsd, call);
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
      } else if (choice < 94) {
        clock.advance(Duration.ofMillis(random.nextInt(40_000)));
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
        List<BudgetRule> changed = withOtherLimits(reference.rules, random);
        budgets.replaceRules(changed);
        reference.rules = changed;
      }
      if (step % 100 == 0) {
        assertThat(figures(budgets.list())).as(where).isEqualTo(reference.figures());
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
      rules.add(
          BudgetRule.named("rule" + i)
              .match(match)
              .per(per)
              .limit(
                  UNITS.get(random.nextInt(4)),
                  isBucket(window) ? 2_000 + random.nextInt(6_000) : random.nextInt(200_000))
              .window(window)
              .zone(ZONES.get(random.nextInt(3)))
              .hard(random.nextInt(3) > 0)
              .build());
    }
    return rules;
  }

  /** Buckets keep their limit: another one is another bucket. */
  private static List<BudgetRule> withOtherLimits(List<BudgetRule> rules, Random random) {
    return rules.stream()
        .map(
            rule ->
                BudgetRule.named(rule.name())
                    .match(rule.match())
                    .per(rule.per())
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

  /** What budgets mean. */
  private static final class Reference {
    private final FakeClock clock;
    private final Map<String, Account> accounts = new HashMap<>();
    private final List<Hold> open = new ArrayList<>();
    private List<BudgetRule> rules;
    private long seen;
    private long recycledAt;

    Reference(List<BudgetRule> rules, FakeClock clock) {
      this.rules = rules;
      this.clock = clock;
    }

    private static final class Account {
      private final BudgetRule rule;
      private final String scope;
      private final String window;
      private final long start;
      private long settled;
      private long held;
      private long lastUsed;
      private BigInteger consumed = BigInteger.ZERO;
      private final Map<Long, Long> settledInStep = new HashMap<>();

      Account(BudgetRule rule, String scope, String window, long start) {
        this.rule = rule;
        this.scope = scope;
        this.window = window;
        this.start = start;
        this.lastUsed = start;
      }

      /** A session's is written down now and then only. */
      void use(long now) {
        boolean session = rule.window().kind() == Window.Kind.SESSION;
        if (!session || now - lastUsed > rule.window().length().toMillis() >> 6) {
          lastUsed = now;
        }
      }

      boolean isOver(long now, boolean named) {
        long idle = now - 600_000;
        return switch (rule.window().kind()) {
          case SESSION -> !named && lastUsed < now - rule.window().length().toMillis();
          case ROLLING -> !named && held == 0 && step(lastUsed) + 25 < step(idle);
          case REFILL ->
              !named && held == 0 && idle > start && flowed(idle - 1).compareTo(consumed) >= 0;
          case LIFETIME -> false;
          default -> !named && hasEndedBy(now - 86_400_000 - 1);
        };
      }

      /** An account was first used within its window. */
      private boolean hasEndedBy(long moment) {
        return start <= moment && !window.equals(Reference.window(rule, moment));
      }

      BigInteger flowed(long now) {
        return BigInteger.valueOf(rule.limit())
            .multiply(BigInteger.valueOf(now - start))
            .divide(BigInteger.valueOf(rule.window().length().toMillis()));
      }

      long step(long now) {
        return now / (rule.window().length().toMillis() / 24);
      }

      void settle(long actual, long now) {
        settled += actual;
        if (actual > 0) {
          use(now);
        }
        if (isBucket(rule.window()) && actual > 0) {
          consumed = consumed.max(flowed(now)).add(BigInteger.valueOf(actual));
        } else if (rule.window().kind() == Window.Kind.ROLLING) {
          settledInStep.merge(step(now), actual, Long::sum);
        }
      }

      long used(long now) {
        return switch (rule.window().kind()) {
          // Time may go back by part of a second: then less has flowed, but no more was spent.
          case REFILL ->
              Math.min(settled, consumed.max(flowed(now)).subtract(flowed(now)).longValueExact());
          case ROLLING ->
              settledInStep.entrySet().stream()
                  .filter(entry -> entry.getKey() >= step(now) - 24)
                  .mapToLong(Map.Entry::getValue)
                  .sum();
          default -> settled;
        };
      }

      long committed(long now) {
        return used(now) + held;
      }
    }

    private record Held(Account account, long amount) {}

    /** What a call holds; what it held more, later, is a hold of its own. */
    private static final class Hold {
      private final List<Held> held;
      private final long deadline;
      private final List<Hold> more = new ArrayList<>();
      private boolean gone;

      Hold(List<Held> held, long now) {
        this.held = held;
        this.deadline = now + 3_600_000;
      }

      boolean names(Account account) {
        return !gone && held.stream().anyMatch(each -> each.account == account);
      }
    }

    /** The clock's time, unless it was set back a little. */
    private long now() {
      long now = clock.millis();
      seen = Math.max(seen, now / 1_000 * 1_000);
      return Math.max(seen, now);
    }

    private record Outcome(String refusedBy, List<String> exceeded, Hold hold) {}

    Outcome reserve(long tokens, long nanoUsd, Map<String, String> call) {
      long now = now();
      List<Held> held = new ArrayList<>();
      List<String> exceeded = new ArrayList<>();
      for (BudgetRule rule : rules) {
        if (!matches(rule, call)) {
          continue;
        }
        long amount = amount(rule, tokens, nanoUsd);
        Account account = account(rule, call, now);
        if (amount > 0) {
          account.use(now);
        }
        if (amount > 0 && account.committed(now) + amount > rule.limit()) {
          if (rule.hard()) {
            return new Outcome(rule.name(), List.of(), new Hold(List.of(), now));
          }
          exceeded.add(rule.name());
        }
        held.add(new Held(account, amount));
      }
      return new Outcome(null, exceeded, opened(held, now));
    }

    private Hold opened(List<Held> held, long now) {
      held.forEach(each -> each.account.held += each.amount);
      Hold hold = new Hold(held, now);
      open.add(hold);
      return hold;
    }

    /** The name of the budget that cannot pay; null if all can. */
    String grow(Hold hold, long tokens, long nanoUsd) {
      long now = now();
      List<Held> more = new ArrayList<>();
      for (Held each : hold.held) {
        BudgetRule rule = current(each.account.rule);
        long amount = rule.unit() == Budget.Unit.CALLS ? 0 : amount(rule, tokens, nanoUsd);
        if (!accounts.containsValue(each.account)) {
          continue;
        }
        if (amount > 0) {
          each.account.use(now);
          if (rule.hard() && each.account.committed(now) + amount > rule.limit()) {
            return rule.name();
          }
        }
        more.add(new Held(each.account, amount));
      }
      hold.more.add(opened(more, now));
      return null;
    }

    private BudgetRule current(BudgetRule rule) {
      return rules.stream().filter(r -> r.name().equals(rule.name())).findAny().orElseThrow();
    }

    /** Ends holds that are overdue, and forgets accounts that are over and that nobody names. */
    void maintain() {
      long now = now();
      open.stream().filter(hold -> hold.deadline < now).toList().forEach(this::giveBack);
      if (now - recycledAt >= 60_000) {
        recycledAt = now;
        accounts
            .values()
            .removeIf(
                account ->
                    account.isOver(now, open.stream().anyMatch(hold -> hold.names(account))));
      }
    }

    void forgetHolds() {
      List.copyOf(open).forEach(this::giveBack);
    }

    private void giveBack(Hold hold) {
      if (!hold.gone) {
        hold.gone = true;
        open.remove(hold);
        hold.held.forEach(each -> each.account.held -= each.amount);
      }
    }

    private static long amount(BudgetRule rule, long tokens, long nanoUsd) {
      return switch (rule.unit()) {
        case TOKENS -> tokens;
        case USD -> nanoUsd;
        case CALLS -> 1;
      };
    }

    void release(Hold hold) {
      giveBack(hold);
      hold.more.forEach(this::giveBack);
    }

    void settle(Hold hold, long tokens, long nanoUsd) {
      release(hold);
      for (Held each : hold.held) {
        each.account.settle(amount(each.account.rule, tokens, nanoUsd), now());
      }
    }

    Map<String, String> figures() {
      long now = now();
      Map<String, String> figures = new HashMap<>();
      for (Account account : accounts.values()) {
        BudgetRule rule = current(account.rule);
        long committed = account.committed(now);
        if (committed > 0 && account.window.equals(window(rule, now))) {
          figures.put(
              rule.name() + " " + account.scope,
              account.used(now) + " " + account.held + " " + (rule.limit() - committed));
        }
      }
      return figures;
    }

    private Account account(BudgetRule rule, Map<String, String> call, long now) {
      List<String> scope = new ArrayList<>();
      rule.match().forEach((key, value) -> scope.add(key + "=" + value));
      rule.per().forEach(key -> scope.add(key + "=" + call.getOrDefault(key, "")));
      if (rule.window().kind() == Window.Kind.SESSION) {
        scope.add("session=" + call.get("session"));
      }
      String label = String.join(",", scope);
      String window = window(rule, now);
      return accounts.computeIfAbsent(
          rule.name() + label + window,
          key ->
              new Account(
                  rule,
                  label,
                  window,
                  isBucket(rule.window()) ? now - now % rule.window().length().toMillis() : now));
    }

    private static String window(BudgetRule rule, long now) {
      ZonedDateTime time =
          ZonedDateTime.ofInstant(java.time.Instant.ofEpochMilli(now), rule.zone());
      return switch (rule.window().kind()) {
        case HOUR -> time.toLocalDate() + " " + time.getHour() + time.getOffset();
        case DAY -> time.toLocalDate().toString();
        case WEEK -> time.toLocalDate().minusDays(time.getDayOfWeek().getValue() % 7).toString();
        case QUARTER -> (time.getYear() * 12 + time.getMonthValue() - 2) / 3 + "";
        case YEAR -> (time.getYear() * 12 + time.getMonthValue() - 11) / 12 + "";
        case MONTH -> time.getYear() + "-" + time.getMonthValue();
        default -> "";
      };
    }

    private static boolean matches(BudgetRule rule, Map<String, String> call) {
      return rule.match().entrySet().stream()
          .allMatch(
              entry -> {
                String value = call.get(entry.getKey());
                return entry.getValue().equals("gpt*")
                    ? value.startsWith("gpt")
                    : entry.getValue().equals(value);
              });
    }
  }
}
