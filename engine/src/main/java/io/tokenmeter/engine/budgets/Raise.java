package io.tokenmeter.engine.budgets;

import io.tokenmeter.engine.ledger.AccountSpec;
import java.util.Map;

/** An override of one rule, as calls look at it. */
final class Raise {
  private final long from;
  private final long until;
  private final long amount;
  private final Scope scope;

  Raise(LimitOverride override, RuleRows rule) {
    this.from = override.from().toEpochMilli();
    this.until = override.until().toEpochMilli();
    this.amount = override.amount();
    this.scope = new Scope(override.scope(), rule);
  }

  boolean isInForce(long now) {
    return from <= now && now < until;
  }

  boolean isFor(CallKeys call) {
    return scope.has(call);
  }

  boolean isForLabel(String label) {
    return scope.hasLabel(label);
  }

  long onTop(long limit) {
    return add(limit, amount);
  }

  /** The sum, at most {@link Long#MAX_VALUE} and at least {@link Long#MIN_VALUE}. */
  static long add(long a, long b) {
    long sum = a + b;
    boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
    return !overflows ? sum : a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** Which rows of a split rule are meant: one, or all of them. */
  static final class Scope {
    private final String[] keys;
    private final String[] values;
    private final String label;

    Scope(Map<String, String> scope, RuleRows rule) {
      keys = scope.keySet().toArray(new String[0]);
      values = new String[keys.length];
      for (int i = 0; i < keys.length; i++) {
        values[i] = scope.getOrDefault(keys[i], "");
      }
      label = isAll() ? "" : AccountSpec.cutLabel(rule.scope(CallKeys.of(scope)));
    }

    boolean isAll() {
      return keys.length == 0;
    }

    boolean has(CallKeys call) {
      for (int i = 0; i < keys.length; i++) {
        String value = call.get(keys[i]);
        if (!values[i].equals(value == null ? "" : value)) {
          return false;
        }
      }
      return true;
    }

    boolean hasLabel(String row) {
      return isAll() || label.equals(row);
    }
  }
}
