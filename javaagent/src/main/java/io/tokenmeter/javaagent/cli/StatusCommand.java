package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Shows budgets with overrides, requests and grants, and spend by team and model.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON; amounts of USD are decimal strings.")
  private boolean json;

  @Option(
      names = "--all",
      description = "Also windows that have closed, and budgets that are not configured any more.")
  private boolean all;

  StatusCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    Configuration configuration = surroundings.configuration();
    StatusReport report =
        new StatusReport(
            LedgerView.read(configuration, surroundings.clock()),
            all,
            surroundings.clock().instant());
    if (json) {
      report.printJson(spec.commandLine().getOut());
    } else {
      PrintWriter out = spec.commandLine().getOut();
      report.printText(out);
      if (!Files.isDirectory(configuration.home())) {
        out.println();
        out.println(
            "There is no directory %s: nothing was metered with it; see tokenmeter.home"
                .formatted(configuration.home()));
      }
    }
    return 0;
  }
}
