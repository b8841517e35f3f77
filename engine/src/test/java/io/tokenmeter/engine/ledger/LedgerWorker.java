package io.tokenmeter.engine.ledger;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Budgets;
import io.tokenmeter.engine.budgets.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Month;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process of its own that uses a ledger as it is told, line by line, on its standard input. */
public final class LedgerWorker {
  private final OwnClock clock = new OwnClock();
  private final Ledger ledger;
  private final Budgets budgets;

  private LedgerWorker(Path directory) throws IOException {
    ledger = Ledger.open(directory, clock);
    budgets = new Budgets(rules(), ledger, clock);
  }

  /** The system's, set ahead by as much as is told, or standing still at a moment. */
  private static final class OwnClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;
    private volatile Instant still = Instant.MIN;

    @Override
    public Instant instant() {
      return still.equals(Instant.MIN) ? Instant.now().plus(ahead) : still;
    }
  }

  /** A hard budget for the team, one for each user, and one that only observes. */
  static List<BudgetRule> rules() {
    return List.of(
        rule("team", List.of(), 1_000_000, true),
        rule("user", List.of("user"), 600_000, true),
        rule("all", List.of(), 10, false));
  }

  /** A budget in every calendar window of a zone; each longer one has one token more. */
  static List<BudgetRule> calendar(String zone) {
    List<Window> windows =
        List.of(
            Window.HOUR,
            Window.DAY,
            Window.week(DayOfWeek.SUNDAY),
            Window.MONTH,
            Window.quarter(Month.FEBRUARY),
            Window.year(Month.APRIL));
    List<BudgetRule> rules = new ArrayList<>();
    for (Window window : windows) {
      rules.add(
          BudgetRule.named(window.name())
              .limit(Budget.Unit.TOKENS, 100 + 100L * rules.size())
              .window(window)
              .zone(ZoneId.of(zone))
              .build());
    }
    return rules;
  }

  private static BudgetRule rule(String name, List<String> per, long limit, boolean hard) {
    return BudgetRule.named(name)
        .per(per)
        .limit(Budget.Unit.TOKENS, limit)
        .window(Window.MONTH)
        .hard(hard)
        .build();
  }

  /**
   * Arguments: the state directory. Opens the ledger at the line {@code open}, which may name a
   * group to share it with.
   */
  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    LedgerWorker worker = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("open")) {
        try {
          if (words.length > 1) {
            StateDirectory.share(Path.of(args[0]), words[1]);
          }
          worker = new LedgerWorker(Path.of(args[0]));
          System.out.println(worker.ledger.hashSeed());
        } catch (IOException unusable) {
          System.out.println(unusable);
        }
      } else {
        System.out.println(worker.runOrFault(words));
      }
    }
  }

  /** A page that is gone shows as an error, as the engine's callers see it. */
  private String runOrFault(String[] words) {
    try {
      return run(words);
    } catch (InternalError pageIsGone) {
      return "fault";
    }
  }

  private String run(String[] words) {
    return switch (words[0]) {
      case "drain" -> "" + drain(words[1], Long.parseLong(words[2]));
      case "keys" -> keys(Integer.parseInt(words[1]));
      case "hold" -> reserve(words[1], Long.parseLong(words[2])) == null ? "denied" : "held";
      case "charge" -> {
        reserve(words[1], Long.parseLong(words[2])).settle(Long.parseLong(words[2]), 0);
        yield "charged";
      }
      case "maintain" -> {
        clock.ahead = Duration.ofMinutes(Long.parseLong(words[1]));
        ledger.maintain();
        yield "maintained";
      }
      case "at" -> {
        clock.still = Instant.parse(words[1]);
        yield "at";
      }
      case "calendar" -> {
        budgets.replaceRules(calendar(words[1]));
        yield "calendar";
      }
      case "spend" -> {
        Admission.Hold hold = reserve("ann", Long.parseLong(words[1]));
        if (hold == null) {
          yield "denied";
        }
        hold.settle(Long.parseLong(words[1]), 0);
        yield "spent";
      }
      case "grow" -> {
        for (int i = 0; ; i++) {
          reserve(words[1] + i, amountOf(i)).settle(amountOf(i), 0);
          System.out.println(i);
        }
      }
      case "churn" -> {
        System.out.println("churning");
        while (true) {
          Admission.Hold hold = reserve(words[1], 7);
          if (hold != null) {
            hold.settle(5, 0);
          }
        }
      }
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  /** What {@code grow} charges a user. */
  static long amountOf(int user) {
    return 1 + user % 7;
  }

  /** Reserves a token for each of many users; says how many budgets there are then. */
  private String keys(int count) {
    for (int i = 0; i < count; i++) {
      Admission.Hold hold = reserve("user-" + i, 1);
      if (hold == null) {
        return "denied";
      }
      hold.release();
    }
    ledger.maintain();
    return Integer.toString(budgets.list().size());
  }

  /** Reserves twice what it settles until the budget is gone; says what it settled. */
  private long drain(String user, long step) {
    long settled = 0;
    long size = step;
    while (size > 0) {
      Admission.Hold hold = reserve(user, 2 * size);
      if (hold == null && (hold = reserve(user, size)) == null) {
        size /= 2;
        continue;
      }
      hold.settle(size, 0);
      settled += size;
    }
    return settled;
  }

  private Admission.Hold reserve(String user, long tokens) {
    Admission admission = budgets.reserve(tokens, 0, Map.of("user", user));
    return admission instanceof Admission.Granted granted ? granted.hold() : null;
  }
}
