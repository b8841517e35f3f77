package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The budgets of one round. The names are the round's, so that each round begins with full budgets.
 *
 * <p>What is paid is in lifetime budgets, to the token: of an organisation, of its users, and of
 * each order, of which every call has its own. Beside them are budgets whose rows come and go, for
 * keys that do: what is written into a row that is somebody else's by now shows in an order.
 *
 * @param number of the round
 * @param start epoch ms, as the ledger's clock shows it
 */
record StressRules(int number, long start) {
  static final int USERS = 12;
  static final int TEAMS = 3;
  static final String ORG = "org";
  static final String USER = "user";
  static final String ORDER = "order";

  /** A bucket whose limit is reloaded. */
  static final String PACE = "pace";

  /** What a call holds at most, at first. */
  static final int MOST_TOKENS = 2_000;

  /** What it may hold more, later. */
  static final long MOST_GROWN = MOST_TOKENS / 2;

  private static final long ORG_LIMIT = 400_000;
  private static final long ENOUGH = 1L << 40;
  private static final long PACE_LIMIT = 5_000;
  private static final long BURST_LIMIT = 40_000;
  private static final long KEY_LIMIT = 100_000;

  /** Whether the clock is set by days, so that holds expire under their calls. */
  boolean ofDays() {
    return number % 3 == 0;
  }

  static String team(int user) {
    return "t" + user % TEAMS;
  }

  /** What is paid for; every budget applies. */
  static Map<String, String> paid(int user, String order, String key, boolean paced) {
    return Map.of(
        "paid",
        "yes",
        "paced",
        paced ? "yes" : "no",
        "team",
        team(user),
        "project",
        "p" + user % 2,
        "user",
        "u" + user,
        "order",
        order,
        "key",
        key,
        "session",
        key);
  }

  /** What comes and goes; only the budgets of keys apply. */
  static Map<String, String> passing(String key) {
    return Map.of("key", key, "session", key);
  }

  /**
   * @param variant reloads change limits, and whether there is one more budget that only observes
   */
  List<BudgetRule> of(int variant) {
    List<BudgetRule> rules = new ArrayList<>();
    if (ofDays()) {
      rules.add(paid(ORG, List.of(), ENOUGH, Window.LIFETIME).build());
      rules.add(paid(USER, List.of("user"), ENOUGH, Window.LIFETIME).build());
      rules.add(ofKeys("day", KEY_LIMIT * (1 + variant % 2), Window.DAY));
      rules.add(ofKeys("hour", KEY_LIMIT, Window.HOUR));
    } else {
      rules.add(
          paid(ORG, List.of(), ORG_LIMIT, Window.LIFETIME).grants(List.of(orgGrant())).build());
      rules.add(paid("team", List.of("team"), ORG_LIMIT / (2 + variant % 2), Window.DAY).build());
      rules.add(
          paid(
                  "project",
                  List.of("team", "project"),
                  ORG_LIMIT / 4,
                  Window.rolling(Duration.ofDays(1)))
              .build());
      rules.add(
          paid(USER, List.of("user"), ORG_LIMIT / 10, Window.LIFETIME)
              .grants(userGrants())
              .build());
      rules.add(
          rule(PACE, List.of("team"), paceLimit(variant), Window.REFILL_DAY)
              .match(Map.of("paced", "yes"))
              .build());
      rules.add(rule("burst", List.of("team"), BURST_LIMIT, Window.MINUTE).build());
    }
    rules.add(paid(ORDER, List.of("order"), 2 * MOST_TOKENS, Window.LIFETIME).build());
    rules.add(ofKeys("bucket", KEY_LIMIT, Window.MINUTE));
    rules.add(ofKeys("rolling", KEY_LIMIT, Window.rolling(Duration.ofMinutes(5))));
    rules.add(ofKeys("session", KEY_LIMIT, Window.session(Duration.ofMinutes(2))));
    if (variant % 3 == 0) {
      rules.add(
          BudgetRule.named("seen" + number)
              .limit(Budget.Unit.CALLS, 10)
              .window(Window.MINUTE)
              .hard(false)
              .build());
    }
    return rules;
  }

  /** In tokens a day. */
  static long paceLimit(int variant) {
    return PACE_LIMIT + 50 * (variant % 2);
  }

  /** For everybody, beside the limit. */
  Grant orgGrant() {
    return grant(ORG, Map.of(), 30_000, Instant.MAX, 0);
  }

  /** One that pays before the limit does, and one that expires while the clock goes to and fro. */
  List<Grant> userGrants() {
    Instant expires = Instant.ofEpochMilli(start).plus(Duration.ofMinutes(20));
    return List.of(
        grant(USER, Map.of("user", "u0"), 9_000, Instant.MAX, -1),
        grant(USER, Map.of("user", "u1"), 15_000, expires, 1));
  }

  private Grant grant(
      String budget, Map<String, String> scope, long amount, Instant expires, int priority) {
    return new Grant(
        "extra" + scope,
        budget + number,
        scope,
        Budget.Unit.TOKENS,
        amount,
        Instant.EPOCH,
        expires,
        priority,
        0);
  }

  /**
   * The highest limit that any variant of a rule has. Where the clock is set back, up to two
   * seconds pass a second time: a bucket that was empty before then looks emptier than that.
   */
  long mostCommitted(BudgetRule rule) {
    if (rule.name().equals("team" + number)) {
      return ORG_LIMIT / 2;
    }
    if (rule.name().equals(PACE + number)) {
      return Math.max(paceLimit(0), paceLimit(1));
    }
    boolean refills = rule.window().kind() == Window.Kind.REFILL;
    return rule.capacity()
        + (refills ? 1 + 2 * rule.limit() / rule.window().length().toSeconds() : 0);
  }

  private BudgetRule ofKeys(String name, long limit, Window window) {
    return rule(name, List.of("key"), limit, window).build();
  }

  private BudgetRule.Builder paid(String name, List<String> per, long limit, Window window) {
    return rule(name, per, limit, window).match(Map.of("paid", "yes"));
  }

  private BudgetRule.Builder rule(String name, List<String> per, long limit, Window window) {
    return BudgetRule.named(name + number).per(per).limit(Budget.Unit.TOKENS, limit).window(window);
  }
}
