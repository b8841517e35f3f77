package io.tokenmeter.benchmarks.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.benchmarks.budgets.StressBenchmark.Outcome;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.ledger.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** What one round may come to, and what it came to. */
final class StressReckoning {
  /** Another process may be at it and without a CPU; together some seconds. */
  private static final int RECOVERIES = 100;

  private static final long RECOVERY_PAUSE_NANOS = 50_000_000;

  /** Time goes on between two looks at a row: only what is there each time is there. */
  private static final int LOOKS = 3;

  /** A thread may be without a CPU for long, and a dead one has to be recovered. */
  private static final long MOMENT_NANOS = 1_000_000_000;

  private final StressRules rules;
  private final Budgets budgets;
  private final Ledger ledger;
  private final List<PaceBound> pace;
  private final long mostGrown;
  private final List<String> faults = new ArrayList<>();
  private long overspent;

  /**
   * @param calls how many there are at a time
   */
  StressReckoning(StressRules rules, Budgets budgets, Ledger ledger, int calls) {
    this.mostGrown = calls * StressRules.MOST_GROWN;
    this.rules = rules;
    this.budgets = budgets;
    this.ledger = ledger;
    this.pace =
        IntStream.range(0, StressRules.TEAMS)
            .mapToObj(team -> new PaceBound(StressRules.paceLimit(0)))
            .toList();
  }

  void stepped(long millis) {
    pace.forEach(bound -> bound.stepped(millis));
  }

  /** Other limits will be in force. */
  void reloads(int variant) {
    Map<String, Long> used = used();
    for (int team = 0; team < StressRules.TEAMS; team++) {
      pace.get(team).reloaded(StressRules.paceLimit(variant), used(used, paceRow(team)));
    }
  }

  /** Looks at all rows again and again; none may have more settled and held than its limit. */
  void sample(long until) {
    do {
      budgets.visitRows(
          (rule, ref, limit) -> {
            // Where holds expire under their calls a window may have more.
            boolean binds = rule.window().equals(Window.LIFETIME) || !rules.ofDays();
            if (binds && rule.hard()) {
              overspent(excess(() -> excess(rule, ref)), rule.name());
            }
          });
      for (Grant grant : grants()) {
        overspent(excess(() -> excess(grant)), "grant of " + grant.budget());
      }
      Thread.onSpinWait();
    } while (System.nanoTime() < until);
  }

  private void overspent(long tokens, String what) {
    if (tokens > overspent) {
      overspent = tokens;
      faults.add(what + " has " + tokens + " tokens more than its limit");
    }
  }

  /** What was wrong, for people. */
  List<String> faults() {
    return faults;
  }

  /**
   * What a row has too much, beside what is in its sum twice: what a call that outgrew its hold is
   * charged, until what it held more is given back a moment later.
   */
  private long excess(LongSupplier look) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < LOOKS && least > 0; i++) {
      least = Math.min(least, look.getAsLong());
    }
    long end = System.nanoTime() + MOMENT_NANOS;
    while (least > 0 && least <= mostGrown && System.nanoTime() < end) {
      least = Math.min(least, look.getAsLong());
    }
    return least;
  }

  private long excess(BudgetRule rule, long ref) {
    long excess = ledger.state(ref).committed() - rules.mostCommitted(rule);
    // A row that has become another's meanwhile says nothing of this one.
    return ledger.isCurrent(ref) ? excess : 0;
  }

  private long excess(Grant grant) {
    GrantState state = budgets.state(grant);
    return state.settled() + state.held() - grant.amount();
  }

  private List<Grant> grants() {
    return rules.ofDays()
        ? List.of()
        : List.of(rules.orgGrant(), rules.userGrants().get(0), rules.userGrants().get(1));
  }

  /** The dead are recovered; then everything must add up. */
  Outcome outcome(int kills, List<Journal.Line> journal) {
    long held = Long.MAX_VALUE;
    for (int i = 0; i < RECOVERIES && held > 0; i++) {
      ledger.maintain();
      held = rowsThatHold();
      if (held > 0) {
        LockSupport.parkNanos(RECOVERY_PAUSE_NANOS);
      }
    }
    long calls = journal.stream().filter(Journal.Line::done).count();
    overspentPace(journal);
    return new Outcome(1, kills, calls, overspent, lost(journal), held);
  }

  private long rowsThatHold() {
    long[] rows = {0};
    ledger.visit((ref, rule, windowEnd) -> rows[0] += ledger.state(ref).held() == 0 ? 0 : 1);
    return rows[0];
  }

  private void overspentPace(List<Journal.Line> journal) {
    if (rules.ofDays()) {
      return;
    }
    long[] admitted = new long[StressRules.TEAMS];
    for (Journal.Line line : journal) {
      admitted[line.user() % StressRules.TEAMS] += line.paced() && line.done() ? line.tokens() : 0;
    }
    for (int team = 0; team < StressRules.TEAMS; team++) {
      overspent(admitted[team] - pace.get(team).most(), paceRow(team));
    }
  }

  /** What the lifetime budgets have too much or too little, beside what is in doubt. */
  private long lost(List<Journal.Line> journal) {
    Map<String, Long> charged = new HashMap<>();
    Map<String, Long> doubtful = new HashMap<>();
    for (Journal.Line line : journal) {
      for (String row : List.of(orgRow(), userRow(line.user()), orderRow(line.order()))) {
        (line.done() ? charged : doubtful).merge(row, line.tokens(), Long::sum);
      }
    }
    Map<String, Long> used = used();
    for (Grant grant : grants()) {
      String user = grant.scope().get("user");
      String row = user == null ? orgRow() : userRow(Integer.parseInt(user.substring(1)));
      used.merge(row, budgets.state(grant).settled(), Long::sum);
    }
    Set<String> rows = new TreeSet<>(charged.keySet());
    used.keySet().stream().filter(this::isExact).forEach(rows::add);
    long lost = 0;
    for (String row : rows) {
      long sure = used(charged, row);
      long most = sure + used(doubtful, row);
      long has = used(used, row);
      if (has < sure || has > most) {
        faults.add("%s has %d tokens and not %d to %d".formatted(row, has, sure, most));
        lost += Math.max(sure - has, has - most);
      }
    }
    return lost;
  }

  private boolean isExact(String row) {
    return row.equals(orgRow())
        || row.startsWith(StressRules.USER + rules.number() + " ")
        || row.startsWith(StressRules.ORDER + rules.number() + " ");
  }

  private String orgRow() {
    return StressRules.ORG + rules.number() + " paid=yes";
  }

  private String userRow(int user) {
    return StressRules.USER + rules.number() + " paid=yes,user=u" + user;
  }

  private String orderRow(String order) {
    return StressRules.ORDER + rules.number() + " paid=yes,order=" + order;
  }

  private String paceRow(int team) {
    return StressRules.PACE + rules.number() + " paced=yes,team=" + StressRules.team(team);
  }

  /** By name and scope. */
  private Map<String, Long> used() {
    Map<String, Long> used = new HashMap<>();
    for (Budget budget : budgets.list()) {
      used.merge(budget.name() + " " + budget.scope(), budget.used(), Long::sum);
    }
    return used;
  }

  private static long used(Map<String, Long> amounts, String row) {
    return amounts.getOrDefault(row, 0L);
  }
}
