package io.tokenmeter.engine.budgets;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a call that a budget cannot pay. */
public sealed interface Action {
  /** It is refused. */
  Action BLOCK = new Block();

  /** It is sent and reported. */
  Action OBSERVE = new Observe();

  /** It is refused, and its refusal says how to ask for more. */
  Action REQUIRE_APPROVAL = new RequireApproval();

  /** Its name in the configuration. */
  String label();

  /** See {@link #BLOCK}. */
  record Block() implements Action {
    @Override
    public String label() {
      return "block";
    }
  }

  /** See {@link #OBSERVE}. */
  record Observe() implements Action {
    @Override
    public String label() {
      return "observe";
    }
  }

  /** See {@link #REQUIRE_APPROVAL}. */
  record RequireApproval() implements Action {
    @Override
    public String label() {
      return "require-approval";
    }
  }

  /**
   * It waits until the budget can pay, behind those who wait already.
   *
   * @param maxWait after which it is refused
   */
  record Throttle(Duration maxWait) implements Action {
    @Override
    public String label() {
      return "throttle";
    }
  }

  /**
   * It is sent to a cheaper model of the same provider; refused if that cannot be paid either.
   *
   * @param models the model to go to by prefix of the model asked for; the longest prefix wins. The
   *     empty prefix stands for every model of a provider that has the other one
   */
  record Downgrade(Map<String, String> models) implements Action {
    public Downgrade {
      models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }

    @Override
    public String label() {
      return "downgrade";
    }

    /** The longest prefix of the model's name that has an entry, null for none. */
    public @Nullable String prefixOf(String model) {
      String longest = null;
      for (String prefix : models.keySet()) {
        if (model.startsWith(prefix) && (longest == null || prefix.length() > longest.length())) {
          longest = prefix;
        }
      }
      return longest;
    }
  }

  /**
   * Its limit to output is lowered to what the budget can pay.
   *
   * @param minOutput tokens of an answer; below it the call is refused
   */
  record Shrink(long minOutput) implements Action {
    @Override
    public String label() {
      return "shrink";
    }
  }
}
