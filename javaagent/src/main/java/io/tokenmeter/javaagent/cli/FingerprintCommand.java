package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.attribution.ApiKeyFingerprint;
import io.tokenmeter.engine.config.Configuration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "fingerprint",
    description = {
      "Prints what stands for an API key under api-keys; asks for the key without showing it.",
      "Reads standard input where there is no terminal. Uses, and if need be creates, this host's"
          + " salt."
    },
    mixinStandardHelpOptions = true)
final class FingerprintCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  FingerprintCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    Configuration configuration = surroundings.configuration();
    ApiKeyFingerprint fingerprints =
        ApiKeyFingerprint.open(configuration.home(), configuration.apiKeySalt());
    String key = surroundings.keys().read();
    if (key.isEmpty()) {
      spec.commandLine().getErr().println("tokenmeter: expected an API key on standard input");
      return 1;
    }
    spec.commandLine().getOut().println(fingerprints.of(key));
    return 0;
  }
}
