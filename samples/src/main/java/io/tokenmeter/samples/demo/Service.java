package io.tokenmeter.samples.demo;

import java.nio.file.Path;

/**
 * A service to be run.
 *
 * @param name of the service; its budget is the team's
 * @param mainClass what it runs
 * @param baseUrl of the API that it calls
 * @param maxOutputTokens the most tokens that an answer may have
 * @param budgetTokens what the team may spend a day
 */
record Service(
    String name, Class<?> mainClass, String baseUrl, int maxOutputTokens, long budgetTokens) {
  static final String BUDGET = "assistants-daily";

  private static final String CONFIGURATION =
      """
      home: %s
      calls:
        file: %s
      attribution:
        team: assistants
        service: %s
      budgets:
        rules:
          - name: %s
            match: {team: assistants}
            limit: "%d tokens"
            window: day
            zone: UTC
            action: block
      """;

  /** Another instance of the same service. */
  Service named(String other) {
    return new Service(other, mainClass, baseUrl, maxOutputTokens, budgetTokens);
  }

  /** The service's {@code tokenmeter.yaml}. */
  String configuration(Path home, Path calls) {
    return CONFIGURATION.formatted(quote(home), quote(calls), name, BUDGET, budgetTokens);
  }

  private static String quote(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
