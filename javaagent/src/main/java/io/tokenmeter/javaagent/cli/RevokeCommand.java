package io.tokenmeter.javaagent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "revoke",
    description = "Withdraws a request, or ends an override or a grant now.",
    mixinStandardHelpOptions = true)
final class RevokeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private PersonOption person = new PersonOption();

  @Parameters(paramLabel = "ID", description = "Its id, as status shows it.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  RevokeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    try (ReviewDesk desk = ReviewDesk.open(surroundings)) {
      desk.review().revoke(id, reason, person.in(surroundings));
      spec.commandLine().getOut().println(id + " has ended");
      return 0;
    }
  }
}
