package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.attribution.AttributionValues;
import io.tokenmeter.engine.review.Person;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who gives a command. */
final class PersonOption {
  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "Who you are, recorded as claimed. Without it the system's user.")
  private @Nullable String name;

  Person in(Surroundings surroundings) {
    String osUser = surroundings.properties().getOrDefault("user.name", "unknown");
    String stated = name == null ? "" : AttributionValues.clean(name);
    return new Person(stated.isEmpty() ? osUser : stated, osUser);
  }
}
