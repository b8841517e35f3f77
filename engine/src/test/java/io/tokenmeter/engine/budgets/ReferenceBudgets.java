package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.ledger.FakeClock;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What budgets mean, as plain as can be: one thread, exact numbers, a map of accounts, none of the
 * ledger's code.
 */
final class ReferenceBudgets {
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;

  private final FakeClock clock;
  private final Map<String, Account> accounts = new HashMap<>();
  private final List<Hold> open = new ArrayList<>();
  private List<BudgetRule> rules;
  private long seen;
  private long setBack;
  private long recycledAt;

  ReferenceBudgets(List<BudgetRule> rules, FakeClock clock) {
    this.rules = rules;
    this.clock = clock;
  }

  /** What settled and held amounts are kept for: a row of a rule, or a grant. */
  private abstract class Account {
    long settled;
    long held;

    abstract long used();

    abstract void use();

    abstract boolean isOver(boolean named);

    long committed() {
      return used() + held;
    }

    void settle(long actual) {
      settled += actual;
    }
  }

  private final class GrantAccount extends Account {
    private final Grant grant;

    GrantAccount(Grant grant) {
      this.grant = grant;
    }

    @Override
    long used() {
      return settled;
    }

    @Override
    void use() {}

    @Override
    boolean isOver(boolean named) {
      return !named && !now().minusMillis(DAY).isBefore(after(grant.expires()));
    }

    /** A window that ends at a moment has ended a millisecond later. */
    private static Instant after(Instant moment) {
      return moment.equals(Instant.MAX) ? moment : moment.plusMillis(1);
    }
  }

  private final class RuleAccount extends Account {
    private final BudgetRule rule;
    private final String scope;
    private final String window;
    private final long created = millis();
    private final long start;
    private long lastUsed = elapsed();
    private BigInteger consumed = BigInteger.ZERO;
    private final Map<Long, Long> settledInStep = new HashMap<>();

    RuleAccount(BudgetRule rule, String scope, String window) {
      this.rule = rule;
      this.scope = scope;
      this.window = window;
      this.start = isBucket(rule) ? elapsed() - elapsed() % length() : 0;
    }

    private long length() {
      return rule.window().length().toMillis();
    }

    /** A session's is written down now and then only. */
    @Override
    void use() {
      boolean session = rule.window().kind() == Window.Kind.SESSION;
      if (!session || elapsed() - lastUsed > length() >> 6) {
        lastUsed = Math.max(lastUsed, elapsed());
      }
    }

    @Override
    boolean isOver(boolean named) {
      long idle = elapsed() - 10 * MINUTE;
      return !named
          && switch (rule.window().kind()) {
            case SESSION -> lastUsed < elapsed() - length();
            case ROLLING -> held == 0 && step(lastUsed) + 25 < step(idle);
            case REFILL -> held == 0 && idle > start && flowed(idle - 1).compareTo(consumed) >= 0;
            case LIFETIME -> false;
            default -> hasEndedBy(millis() - DAY - 1);
          };
    }

    /** An account was first used within its window. */
    private boolean hasEndedBy(long moment) {
      return created <= moment && !window.equals(ReferenceBudgets.window(rule, moment));
    }

    private BigInteger flowed(long at) {
      return BigInteger.valueOf(rule.limit())
          .multiply(BigInteger.valueOf(at - start))
          .divide(BigInteger.valueOf(length()));
    }

    private long step(long at) {
      return at / (length() / 24);
    }

    /** Time may go back by part of a second, but no step is used again. */
    private long lastStep() {
      return step(Math.max(lastUsed, elapsed()));
    }

    @Override
    void settle(long actual) {
      super.settle(actual);
      if (actual > 0) {
        use();
      }
      if (isBucket(rule) && actual > 0) {
        consumed = consumed.max(flowed(elapsed())).add(BigInteger.valueOf(actual));
      } else if (rule.window().kind() == Window.Kind.ROLLING) {
        settledInStep.merge(lastStep(), actual, Long::sum);
      }
    }

    @Override
    long used() {
      return switch (rule.window().kind()) {
        // Time may go back by part of a second: then less has flowed, but no more was spent.
        case REFILL ->
            Math.min(
                settled,
                consumed.max(flowed(elapsed())).subtract(flowed(elapsed())).longValueExact());
        case ROLLING ->
            settledInStep.entrySet().stream()
                .filter(entry -> entry.getKey() >= lastStep() - 24)
                .mapToLong(Map.Entry::getValue)
                .sum();
        default -> settled;
      };
    }
  }

  /**
   * What a call holds of one account.
   *
   * @param own whether it is the rule's own, and not a grant
   */
  private static final class Held {
    private final BudgetRule rule;
    private final Account account;
    private final boolean own;
    private final long amount;
    private long grown;

    Held(BudgetRule rule, Account account, boolean own, long amount) {
      this.rule = rule;
      this.account = account;
      this.own = own;
      this.amount = amount;
    }
  }

  /** What a call holds; what it held more, later, is a hold of its own. */
  static final class Hold {
    private final List<Held> held;
    private final long deadline;
    private final List<Hold> more = new ArrayList<>();
    private boolean gone;

    Hold(List<Held> held, long now) {
      this.held = held;
      this.deadline = now + 60 * MINUTE;
    }

    boolean names(Account account) {
      return !gone && held.stream().anyMatch(each -> each.account == account);
    }
  }

  record Outcome(String refusedBy, List<String> exceeded, Hold hold) {}

  List<BudgetRule> rules() {
    return rules;
  }

  void replaceRules(List<BudgetRule> changed) {
    rules = changed;
  }

  /** The clock's time, unless it was set back a little; epoch ms. */
  long millis() {
    long now = clock.millis();
    if (now < seen && seen - now <= MINUTE) {
      return seen;
    }
    if (now < seen) {
      setBack += (seen - now) / 1_000 + 1;
      seen = now / 1_000 * 1_000;
    }
    seen = Math.max(seen, now / 1_000 * 1_000);
    return now;
  }

  private Instant now() {
    return Instant.ofEpochMilli(millis());
  }

  /** A time that does not go back when the clock does. */
  private long elapsed() {
    return millis() + setBack * 1_000;
  }

  Outcome reserve(long tokens, long nanoUsd, Map<String, String> call) {
    List<Held> held = new ArrayList<>();
    List<String> exceeded = new ArrayList<>();
    for (BudgetRule rule : rules) {
      if (!matches(rule, call)) {
        continue;
      }
      long amount = amount(rule, tokens, nanoUsd);
      RuleAccount own = account(rule, call);
      List<Source> sources = sources(rule, own, call);
      long room = sources.stream().mapToLong(Source::room).sum();
      boolean alone = sources.size() == 1;
      if (alone && amount > 0) {
        own.use();
      }
      if (rule.hard() && amount > 0 && amount > room) {
        return new Outcome(rule.name(), List.of(), null);
      }
      long needed = amount;
      for (Source source : sources) {
        if (needed > 0) {
          source.account.use();
        }
        long part = alone ? needed : Math.min(needed, Math.max(0, source.room()));
        held.add(new Held(rule, source.account, source.account == own, part));
        needed -= part;
      }
      if (needed > 0) {
        held.add(new Held(rule, own, true, needed));
      }
      if (needed > 0 || (alone && amount > 0 && amount > room)) {
        exceeded.add(rule.name());
      }
    }
    return new Outcome(null, exceeded, opened(held));
  }

  /** What pays for a call, and up to what. */
  private record Source(Account account, long most, int priority, Instant lapses, String id) {
    /** The most urgent first; what lapses first is spent first. The limit has the last word. */
    static final Comparator<Source> ORDER =
        Comparator.comparingInt(Source::priority)
            .thenComparing(Source::lapses)
            .thenComparing(Source::id);

    long room() {
      return most - account.committed();
    }
  }

  private List<Source> sources(BudgetRule rule, RuleAccount own, Map<String, String> call) {
    List<Source> sources = new ArrayList<>();
    // After all grants' names.
    sources.add(new Source(own, rule.limit(), 0, lapses(rule), "limit"));
    for (Grant grant : rule.grants()) {
      boolean isFor =
          grant.scope().entrySet().stream()
              .allMatch(entry -> entry.getValue().equals(call.getOrDefault(entry.getKey(), "")));
      if (isFor && grant.isActive(now())) {
        sources.add(
            new Source(
                account(grant), grant.amount(), grant.priority(), grant.expires(), grant.id()));
      }
    }
    sources.sort(Source.ORDER);
    return sources;
  }

  /** When what is left of the limit is lost: at once, where it comes back all the time. */
  private Instant lapses(BudgetRule rule) {
    return switch (rule.window().kind()) {
      case REFILL, ROLLING -> now();
      case SESSION, LIFETIME -> Instant.MAX;
      default -> new WindowEnd(rule).after(millis());
    };
  }

  /** Found by trying: the first millisecond of another window. */
  private record WindowEnd(BudgetRule rule) {
    Instant after(long moment) {
      String current = window(rule, moment);
      long within = moment;
      long beyond = moment + 400 * DAY;
      while (beyond - within > 1) {
        long middle = (within + beyond) / 2;
        if (window(rule, middle).equals(current)) {
          within = middle;
        } else {
          beyond = middle;
        }
      }
      return Instant.ofEpochMilli(beyond);
    }
  }

  private Hold opened(List<Held> held) {
    held.forEach(each -> each.account.held += each.amount);
    Hold hold = new Hold(held, millis());
    open.add(hold);
    return hold;
  }

  /** The name of the budget that cannot pay; null if all can. */
  String grow(Hold hold, long tokens, long nanoUsd) {
    List<Held> more = new ArrayList<>();
    Map<Held, Long> grown = new HashMap<>();
    for (int i = 0, end; i < hold.held.size(); i = end) {
      BudgetRule began = hold.held.get(i).rule;
      end = i + 1;
      while (end < hold.held.size() && hold.held.get(end).rule == began) {
        end++;
      }
      List<Held> entries = hold.held.subList(i, end);
      BudgetRule rule = current(began);
      long needed = rule.unit() == Budget.Unit.CALLS ? 0 : amount(rule, tokens, nanoUsd);
      Held own = entries.get(0);
      for (Held each : entries) {
        own = each.own ? each : own;
        if (entries.size() > 1 && needed > 0 && isThere(each.account) && mayGrow(each)) {
          long most = each.own ? rule.limit() : grantOf(each).amount();
          long part = Math.min(needed, Math.max(0, most - each.account.committed()));
          each.account.use();
          needed -= take(each, part, more, grown);
        }
      }
      if (needed > 0 && isThere(own.account)) {
        own.account.use();
        if (rule.hard() && own.account.committed() + needed > rule.limit()) {
          more.forEach(each -> each.account.held -= each.amount);
          return rule.name();
        }
        take(own, needed, more, grown);
      }
    }
    more.forEach(each -> each.account.held -= each.amount);
    hold.more.add(opened(more));
    grown.forEach((each, amount) -> each.grown += amount);
    return null;
  }

  private static long take(Held from, long amount, List<Held> more, Map<Held, Long> grown) {
    if (amount > 0) {
      from.account.held += amount;
      more.add(new Held(from.rule, from.account, from.own, amount));
      grown.merge(from, amount, Long::sum);
    }
    return amount;
  }

  private boolean mayGrow(Held held) {
    return held.own || grantOf(held).isActive(now());
  }

  private static Grant grantOf(Held held) {
    return ((GrantAccount) held.account).grant;
  }

  private boolean isThere(Account account) {
    return accounts.containsValue(account);
  }

  private BudgetRule current(BudgetRule rule) {
    return rules.stream().filter(r -> r.name().equals(rule.name())).findAny().orElseThrow();
  }

  /** Ends holds that are overdue, and forgets accounts that are over and that nobody names. */
  void maintain() {
    long now = millis();
    open.stream().filter(hold -> hold.deadline < now).toList().forEach(this::giveBack);
    if (now - recycledAt >= MINUTE || now < recycledAt) {
      recycledAt = now;
      accounts
          .values()
          .removeIf(account -> account.isOver(open.stream().anyMatch(hold -> hold.names(account))));
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

  /** What each rule's entries hold is filled in their order; what is left is the limit's debt. */
  void settle(Hold hold, long tokens, long nanoUsd) {
    release(hold);
    Map<BudgetRule, Long> left = new HashMap<>();
    Map<BudgetRule, Held> own = new HashMap<>();
    Map<Held, Long> charged = new HashMap<>();
    for (Held each : hold.held) {
      long rest = left.computeIfAbsent(each.rule, rule -> amount(rule, tokens, nanoUsd));
      long part = Math.min(rest, each.amount + each.grown);
      charged.put(each, part);
      left.put(each.rule, rest - part);
      if (each.own) {
        own.put(each.rule, each);
      }
    }
    own.forEach((rule, each) -> charged.merge(each, left.get(rule), Long::sum));
    charged.forEach((each, amount) -> each.account.settle(amount));
  }

  /** Of each row that has any: used, held, and what may still be spent. */
  Map<String, String> figures() {
    Map<String, String> figures = new HashMap<>();
    for (Account each : List.copyOf(accounts.values())) {
      if (each instanceof RuleAccount account) {
        BudgetRule rule = current(account.rule);
        long committed = account.committed();
        if (committed > 0 && account.window.equals(window(rule, millis()))) {
          figures.put(
              rule.name() + " " + account.scope,
              account.used()
                  + " "
                  + account.held
                  + " "
                  + (rule.limit() - committed + grantRoom(rule, account.scope)));
        }
      }
    }
    return figures;
  }

  private long grantRoom(BudgetRule rule, String scope) {
    long room = 0;
    for (Grant grant : rule.grants()) {
      boolean isFor = grant.scope().isEmpty() || scope(rule, grant.scope()).equals(scope);
      if (isFor && grant.isActive(now())) {
        GrantAccount account = (GrantAccount) accounts.get(key(grant));
        room += grant.amount() - (account == null ? 0 : account.committed());
      }
    }
    return room;
  }

  /** Of each grant that has not expired: spent, and held. */
  Map<String, String> grantFigures() {
    Map<String, String> figures = new HashMap<>();
    for (BudgetRule rule : rules) {
      for (Grant grant : rule.grants()) {
        if (now().isBefore(grant.expires())) {
          GrantAccount account = (GrantAccount) accounts.get(key(grant));
          figures.put(
              grant.budget() + " " + grant.id(),
              account == null ? "0 0" : account.settled + " " + account.held);
        }
      }
    }
    return figures;
  }

  private static String key(Grant grant) {
    return "grant " + grant.budget() + " " + grant.id();
  }

  private GrantAccount account(Grant grant) {
    return (GrantAccount) accounts.computeIfAbsent(key(grant), key -> new GrantAccount(grant));
  }

  private RuleAccount account(BudgetRule rule, Map<String, String> call) {
    String label = scope(rule, call);
    String window = window(rule, millis());
    return (RuleAccount)
        accounts.computeIfAbsent(
            rule.name() + label + window, key -> new RuleAccount(rule, label, window));
  }

  private static String scope(BudgetRule rule, Map<String, String> call) {
    List<String> scope = new ArrayList<>();
    rule.match().forEach((key, value) -> scope.add(key + "=" + value));
    rule.per().forEach(key -> scope.add(key + "=" + call.getOrDefault(key, "")));
    if (rule.window().kind() == Window.Kind.SESSION) {
      scope.add("session=" + call.get("session"));
    }
    return String.join(",", scope);
  }

  private static boolean isBucket(BudgetRule rule) {
    return rule.window().kind() == Window.Kind.REFILL;
  }

  private static String window(BudgetRule rule, long now) {
    ZonedDateTime time = ZonedDateTime.ofInstant(Instant.ofEpochMilli(now), rule.zone());
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
