package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description =
        "Says what this configuration means and whether it works. Exit code 1 if it does not.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  DoctorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Findings findings = new Findings(spec.commandLine().getOut());
    findings.out().println("tokenmeter " + Release.version());
    Release.jar().ifPresent(jar -> findings.fact("jar   " + jar.getAbsolutePath()));
    findings.fact(
        "Java  %s (%s) on %s %s"
            .formatted(
                property("java.version"),
                property("java.vendor"),
                property("os.name"),
                property("os.arch")));
    try {
      examine(surroundings.configuration(), findings);
    } catch (ConfigurationException unusable) {
      findings.heading("Configuration");
      String.valueOf(unusable.getMessage()).lines().map(String::strip).forEach(findings::error);
      findings.fact(
          unusable.failClosed()
              ? "With this and fail-closed the agent keeps the application from starting."
              : "With this the agent starts without budgets: it observes and refuses nothing.");
    }
    findings.out().println();
    findings.out().println(findings.verdict());
    return findings.hasErrors() ? 1 : 0;
  }

  private void examine(Configuration configuration, Findings findings) {
    ConfigurationReport report = new ConfigurationReport(configuration, findings);
    report.sources();
    report.meaning();
    report.budgets();
    report.alerts();
    report.prices(surroundings.clock());
    new CountingReport(configuration, findings).run();
    configuration.calls().file().ifPresent(file -> new CallLogCheck(file, findings).run());
    new StateDirectoryCheck(configuration.home(), configuration.ledgerGroup(), findings).run();
    new AuditCheck(configuration.home(), surroundings.clock(), findings).run();
  }

  private String property(String name) {
    return surroundings.properties().getOrDefault(name, "?");
  }
}
