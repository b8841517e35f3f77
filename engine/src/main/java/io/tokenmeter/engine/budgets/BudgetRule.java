package io.tokenmeter.engine.budgets;

import io.tokenmeter.api.Budget;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A budget as configured. A call falls under it if it has every value of {@code match}. Immutable.
 *
 * @param name unique
 * @param match attribution keys, {@code provider}, {@code model} or {@code operation}, with the
 *     value that each must have; a trailing {@code *} stands for any rest
 * @param per keys by whose values the budget is split, so that each has its own limit; a call
 *     without the key falls into the row of the empty value
 * @param unit tokens, USD or calls
 * @param limit in tokens, nano-USD or calls, at least 0
 * @param burst of a refilling bucket, how much it holds when it is full; 0 for as much as its limit
 * @param action what becomes of a call that it cannot pay
 * @param cutoff whether a stream that it cannot pay on is ended early; otherwise it goes on and
 *     becomes debt
 * @param window over what time the limit holds
 * @param zone whose calendar it goes by
 * @param thresholds percentages of the limit that are told of when spend reaches them, ascending
 * @param grants credits that the configuration gives
 */
public record BudgetRule(
    String name,
    Map<String, String> match,
    List<String> per,
    Budget.Unit unit,
    long limit,
    long burst,
    Action action,
    boolean cutoff,
    Window window,
    ZoneId zone,
    List<Integer> thresholds,
    List<Grant> grants) {

  public BudgetRule {
    match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
    per = List.copyOf(per);
    thresholds = List.copyOf(thresholds);
    grants = List.copyOf(grants);
  }

  /** Whether what was spent of it becomes less by itself, without a new window. */
  public boolean recovers() {
    return window.kind() == Window.Kind.REFILL || window.kind() == Window.Kind.ROLLING;
  }

  /** Whether a call that it cannot pay is not sent as it is; otherwise it only observes. */
  public boolean hard() {
    return !(action instanceof Action.Observe);
  }

  /** What a row may hold at most: the burst of a bucket that has one, else the limit. */
  public long capacity() {
    return burst > 0 ? burst : limit;
  }

  /** Begins a rule that every call falls under, blocking, by the calendar of UTC. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Collects what a rule says; a limit and a window are required. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private Map<String, String> match = Map.of();
    private List<String> per = List.of();
    private Budget.@Nullable Unit unit;
    private long limit;
    private long burst;
    private Action action = Action.BLOCK;
    private boolean cutoff;
    private @Nullable Window window;
    private ZoneId zone = ZoneOffset.UTC;
    private List<Integer> thresholds = List.of();
    private List<Grant> grants = List.of();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    public Builder match(Map<String, String> match) {
      this.match = match;
      return this;
    }

    public Builder per(List<String> per) {
      this.per = per;
      return this;
    }

    /**
     * @param limit in tokens, nano-USD or calls
     * @throws IllegalArgumentException if negative
     */
    public Builder limit(Budget.Unit unit, long limit) {
      if (limit < 0) {
        throw new IllegalArgumentException("a limit must be at least 0, but was " + limit);
      }
      this.unit = unit;
      this.limit = limit;
      return this;
    }

    /**
     * @param burst in the limit's unit, at least 1; only for a refilling bucket
     * @throws IllegalArgumentException if less
     */
    public Builder burst(long burst) {
      if (burst < 1) {
        throw new IllegalArgumentException("a burst must be at least 1, but was " + burst);
      }
      this.burst = burst;
      return this;
    }

    /** Short for the actions that block and that observe. */
    public Builder hard(boolean hard) {
      return action(hard ? Action.BLOCK : Action.OBSERVE);
    }

    public Builder action(Action action) {
      this.action = action;
      return this;
    }

    public Builder cutoff(boolean cutoff) {
      this.cutoff = cutoff;
      return this;
    }

    public Builder window(Window window) {
      this.window = window;
      return this;
    }

    public Builder zone(ZoneId zone) {
      this.zone = zone;
      return this;
    }

    /** Percentages of the limit that are told of, ascending. */
    public Builder thresholds(List<Integer> thresholds) {
      this.thresholds = thresholds;
      return this;
    }

    public Builder grants(List<Grant> grants) {
      this.grants = grants;
      return this;
    }

    /**
     * @throws NullPointerException if it has no limit or no window
     */
    public BudgetRule build() {
      return new BudgetRule(
          name,
          match,
          per,
          Objects.requireNonNull(unit, "limit"),
          limit,
          burst,
          action,
          cutoff,
          Objects.requireNonNull(window, "window"),
          zone,
          thresholds,
          grants);
    }
  }
}
