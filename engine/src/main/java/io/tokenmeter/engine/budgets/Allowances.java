package io.tokenmeter.engine.budgets;

import java.util.List;

/** What people have decided that budgets may spend beyond their limits. Immutable. */
public record Allowances(List<LimitOverride> overrides, List<Grant> grants) {
  public static final Allowances NONE = new Allowances(List.of(), List.of());

  public Allowances {
    overrides = List.copyOf(overrides);
    grants = List.copyOf(grants);
  }
}
