package io.tokenmeter.engine.alerts;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.ledger.Ledger;
import io.tokenmeter.engine.ledger.Marks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Finds the budgets whose spend has crossed a threshold, by looking through the ledger about once a
 * second, off the calls' threads: a call pays nothing for it.
 *
 * <p>Nothing is missed by looking so seldom. What is settled in a window only grows, and a row
 * stays for a day after its window, so whoever looks next finds the crossing, be it after a
 * restart. Nothing is told twice: whoever raises the row's mark tells, and the mark lives with the
 * row. A process that dies between the two takes the alert with it.
 */
public final class AlertWatch {
  /** Looking may take this share of the meter's thread: a hundredth. */
  private static final long REST_PER_LOOK = 100;

  private final Budgets budgets;
  private final Ledger ledger;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final BiConsumer<String, Throwable> faults;
  private final Map<AlertChannel, List<AlertListener>> listeners =
      new EnumMap<>(AlertChannel.class);
  private volatile Duration grantNotice;
  private long nextLook;
  private boolean looked;

  /**
   * @param grantNotice how long before it expires a grant that has something left is told of
   * @param nanoTicker a monotonic clock
   * @param faults is told what listeners throw
   */
  public AlertWatch(
      Budgets budgets,
      Ledger ledger,
      Duration grantNotice,
      InstantSource clock,
      LongSupplier nanoTicker,
      BiConsumer<String, Throwable> faults) {
    this.budgets = budgets;
    this.ledger = ledger;
    this.grantNotice = grantNotice;
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.faults = faults;
    for (AlertChannel channel : AlertChannel.values()) {
      listeners.put(channel, new CopyOnWriteArrayList<>());
    }
  }

  /** Changes how long before it expires a grant is told of. */
  public void reconfigure(Duration grantNotice) {
    this.grantNotice = grantNotice;
  }

  /** Has a listener told from now on. */
  public void add(AlertChannel channel, AlertListener listener) {
    of(channel).add(listener);
  }

  /** Tells a listener nothing more. */
  public void remove(AlertChannel channel, AlertListener listener) {
    of(channel).remove(listener);
  }

  private List<AlertListener> of(AlertChannel channel) {
    return listeners.getOrDefault(channel, List.of());
  }

  /** Looks once, unless looking took so long lately that it has to rest. One thread at a time. */
  public void look() {
    long began = nanoTicker.getAsLong();
    if (looked && began - nextLook < 0) {
      return;
    }
    looked = true;
    for (AlertChannel channel : AlertChannel.values()) {
      if (anyIsReady(channel)) {
        budgets.visitRows((rule, ref, limit) -> look(channel, rule, ref, limit));
      }
    }
    if (budgets.hasGrants()) {
      budgets.grants().forEach(this::lookAtGrant);
    }
    long ended = nanoTicker.getAsLong();
    nextLook = ended + (ended - began) * REST_PER_LOOK;
  }

  private boolean anyIsReady(AlertChannel channel) {
    return of(channel).stream().anyMatch(this::isReady);
  }

  private boolean isReady(AlertListener listener) {
    try {
      return listener.isReady();
    } catch (RuntimeException | LinkageError fault) {
      faults.accept("AlertListener.isReady", fault);
      return false;
    }
  }

  private void look(AlertChannel channel, BudgetRule rule, long ref, long limit) {
    if (rule.thresholds().isEmpty() || limit <= 0) {
      return;
    }
    long settled = ledger.settled(ref);
    long marks = goingBy(rule, ref, limit, settled);
    int told = Marks.told(marks, channel.number());
    int reached = highest(rule.thresholds(), limit, settled);
    if (reached > told) {
      // Asked again for each: what finds no room in a queue is told later, and not lost.
      if (anyIsReady(channel)
          && ledger.mark(ref, marks, Marks.withTold(marks, channel.number(), reached))) {
        tell(channel, rule, ref, told, reached);
      }
    } else if (reached < told && rule.recovers()) {
      // Half of the way back, or spend that wavers around a threshold would tell of it every time.
      int armedAbove =
          Math.min(told, highest(rule.thresholds(), limit, settled > limit ? limit : 2 * settled));
      if (armedAbove < told) {
        ledger.mark(ref, marks, Marks.withTold(marks, channel.number(), armedAbove));
      }
    }
  }

  /**
   * What was told of a row. Where people have raised its limit since, thresholds that are not
   * reached any more are to be told again, by every way.
   */
  private long goingBy(BudgetRule rule, long ref, long limit, long settled) {
    long marks = ledger.marks(ref);
    long raised = limit - rule.capacity();
    if (Marks.goesBy(marks, raised)) {
      return marks;
    }
    int reached = highest(rule.thresholds(), limit, settled);
    long changed = Marks.goingBy(marks, raised);
    for (AlertChannel channel : AlertChannel.values()) {
      int told = Marks.told(changed, channel.number());
      changed = Marks.withTold(changed, channel.number(), Math.min(told, reached));
    }
    // If another process was first, this look finds nothing to tell, and the next one does.
    return ledger.mark(ref, marks, changed) ? changed : marks;
  }

  private void lookAtGrant(GrantState state) {
    Instant now = clock.instant();
    Grant grant = state.grant();
    if (grant.expires().equals(Instant.MAX)
        || now.isBefore(grant.expires().minus(grantNotice))
        || !grant.isActive(now)
        || state.left() == 0) {
      return;
    }
    long ref = state.ref() != 0 ? state.ref() : budgets.rowOf(grant);
    if (ref == 0) {
      return;
    }
    for (AlertChannel channel : AlertChannel.values()) {
      long marks = ledger.marks(ref);
      if (Marks.told(marks, channel.number()) == 0
          && anyIsReady(channel)
          && ledger.mark(ref, marks, Marks.withTold(marks, channel.number(), 1))) {
        tell(channel, new BudgetAlert.GrantExpiring(grant, state.left(), now));
      }
    }
  }

  private void tell(AlertChannel channel, BudgetRule rule, long ref, int above, int upTo) {
    Instant now = clock.instant();
    for (int percent : rule.thresholds()) {
      if (percent > above && percent <= upTo) {
        tell(
            channel,
            new BudgetAlert.ThresholdCrossed(
                budgets.describe(rule, ref), percent, rule.action().label(), now));
      }
    }
  }

  private void tell(AlertChannel channel, BudgetAlert alert) {
    for (AlertListener listener : of(channel)) {
      try {
        listener.alert(alert);
      } catch (RuntimeException | LinkageError fault) {
        faults.accept("AlertListener.alert", fault);
      }
    }
  }

  /** The highest threshold that an amount has reached; 0 for none. */
  private static int highest(List<Integer> thresholds, long limit, long settled) {
    int highest = 0;
    for (int i = 0; i < thresholds.size(); i++) {
      int percent = thresholds.get(i);
      if (settled >= amountAt(limit, percent)) {
        highest = percent;
      }
    }
    return highest;
  }

  /** The smallest amount that is at least so many percent of a limit. */
  static long amountAt(long limit, int percent) {
    long hundredth = limit / 100;
    long rest = (limit % 100 * percent + 99) / 100;
    return hundredth > (Long.MAX_VALUE - rest) / percent
        ? Long.MAX_VALUE
        : hundredth * percent + rest;
  }
}
