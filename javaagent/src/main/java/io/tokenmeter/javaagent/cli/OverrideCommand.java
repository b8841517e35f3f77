package io.tokenmeter.javaagent.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "override",
    description = {
      "Gives a budget more for a time at once, without approval, for emergencies.",
      "It is on record as that; where there is time, use request and approve."
    },
    mixinStandardHelpOptions = true)
final class OverrideCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private AskOptions ask = new AskOptions();
  @Mixin private PersonOption person = new PersonOption();

  OverrideCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      String id =
          desk.review().override(ask.about(desk.rule(ask.budget())), person.in(surroundings));
      PrintWriter out = spec.commandLine().getOut();
      out.println(id);
      out.println(ask.words() + " is in force, on record as not approved");
      return 0;
    }
  }
}
