package io.tokenmeter.javaagent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "reject", description = "Turns a request down.", mixinStandardHelpOptions = true)
final class RejectCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private PersonOption person = new PersonOption();

  @Parameters(paramLabel = "ID", description = "The request's id, as status shows it.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  RejectCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      desk.review().reject(id, reason, person.in(surroundings));
      spec.commandLine().getOut().println(id + " is rejected");
      return 0;
    }
  }
}
