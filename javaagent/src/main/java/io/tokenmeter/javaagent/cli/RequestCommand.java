package io.tokenmeter.javaagent.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "request",
    description = {
      "Asks for more on a budget for a time.",
      "Somebody else approves it; then it is in force at once in every process of this host."
    },
    mixinStandardHelpOptions = true)
final class RequestCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private AskOptions ask = new AskOptions();
  @Mixin private PersonOption person = new PersonOption();

  RequestCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      String id =
          desk.review().request(ask.about(desk.rule(ask.budget())), person.in(surroundings));
      PrintWriter out = spec.commandLine().getOut();
      out.println(id);
      out.println("asks for " + ask.words() + "; somebody else answers it with approve or reject");
      return 0;
    }
  }
}
