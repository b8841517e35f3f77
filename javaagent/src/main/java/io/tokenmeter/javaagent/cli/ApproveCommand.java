package io.tokenmeter.javaagent.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "approve",
    description = "Approves a request of somebody else. It is in force at once.",
    mixinStandardHelpOptions = true)
final class ApproveCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private PersonOption person = new PersonOption();

  @Parameters(paramLabel = "ID", description = "The request's id, as status shows it.")
  private String id = "";

  ApproveCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      Instant until = desk.review().approve(id, person.in(surroundings));
      spec.commandLine()
          .getOut()
          .println(id + " is in force until " + until.truncatedTo(ChronoUnit.SECONDS));
      return 0;
    }
  }
}
