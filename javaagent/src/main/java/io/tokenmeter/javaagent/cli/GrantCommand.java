package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.config.Dates;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "grant",
    description = {
      "Gives a budget a credit that can be spent once, until it expires.",
      "It stands beside the limit. An override raises the limit for a time; a grant is a sum."
    },
    mixinStandardHelpOptions = true)
final class GrantCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private PersonOption person = new PersonOption();

  @Parameters(paramLabel = "BUDGET", description = "The budget's name.")
  private String budget = "";

  @Option(
      names = "--amount",
      required = true,
      paramLabel = "AMOUNT",
      description = "Such as 100USD.")
  private BudgetAmount amount = BudgetAmount.parse("0 USD");

  @Option(
      names = "--expires",
      paramLabel = "DATE",
      description = "When it lapses, such as 2027-01-01 in the budget's zone. Without it never.")
  private @Nullable String expires;

  @Option(
      names = "--effective",
      paramLabel = "DATE",
      description = "From when it can be spent. Without it now.")
  private @Nullable String effective;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "The smallest is spent first; the limit has 0. Of equals, what lapses first.")
  private int priority;

  @Option(
      names = "--rollover",
      paramLabel = "AMOUNT",
      description = "What is left at its expiry, at most this, lasts as long again, once.")
  private @Nullable BudgetAmount rollover;

  @Option(
      names = "--scope",
      paramLabel = "KEY=VALUE",
      description = "Of a budget that is split by 'per', whose: a value for each key.")
  private Map<String, String> scope = new LinkedHashMap<>();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  GrantCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      BudgetRule rule = desk.rule(budget);
      if (rollover != null && rollover.unit() != amount.unit()) {
        throw new ParameterException(
            spec.commandLine(), "--rollover must be in the unit of --amount");
      }
      Grant grant =
          new Grant(
              "",
              rule.name(),
              scope,
              amount.unit(),
              amount.amount(),
              date(effective, rule, surroundings.clock().instant()),
              date(expires, rule, Instant.MAX),
              priority,
              rollover == null ? 0 : rollover.amount());
      String id = desk.review().grant(rule, grant, reason, person.in(surroundings));
      PrintWriter out = spec.commandLine().getOut();
      out.println(id);
      out.println(
          "%s more for %s, %s"
              .formatted(
                  amount, budget, expires == null ? "without expiry" : "until " + grant.expires()));
      return 0;
    }
  }

  private Instant date(@Nullable String text, BudgetRule rule, Instant otherwise) {
    try {
      return text == null ? otherwise : Dates.parse(text, rule.zone());
    } catch (IllegalArgumentException malformed) {
      throw new ParameterException(
          spec.commandLine(), malformed.getMessage() + ", but was '" + text + "'", malformed);
    }
  }
}
