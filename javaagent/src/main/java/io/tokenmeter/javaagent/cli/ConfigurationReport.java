package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.PriceOverride;
import io.tokenmeter.engine.prices.PriceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a configuration means, in words. Secrets are named but not shown. */
final class ConfigurationReport {
  /** Providers change prices every few months. */
  private static final long OLD_PRICES_DAYS = 180;

  private final Configuration configuration;
  private final Findings findings;

  ConfigurationReport(Configuration configuration, Findings findings) {
    this.configuration = configuration;
    this.findings = findings;
  }

  void sources() {
    findings.heading("Configuration: " + configuration.source());
    if (configuration.origins().isEmpty()) {
      findings.fact("every setting has its default");
    } else {
      TextTable table = new TextTable("  SETTING", "FROM");
      configuration.origins().forEach((path, origin) -> table.row("  " + path, origin));
      table.print(findings.out());
    }
    configuration.warnings().forEach(findings::warning);
    boolean secrets =
        configuration.apiKeySalt().isPresent()
            || !configuration.otel().headers().isEmpty()
            || !configuration.alerts().webhooks().isEmpty();
    if (secrets && isOpenToOthers(Path.of(configuration.source()))) {
      findings.warning("the file holds secrets and is open to others than its owner");
    }
  }

  private static boolean isOpenToOthers(Path file) {
    try {
      return Files.isRegularFile(file) && StateDirectoryCheck.permissionsOfOthers(file) != null;
    } catch (IOException unreadable) {
      return false;
    }
  }

  void meaning() {
    findings.heading("What it means");
    findings.fact(
        configuration.enabled()
            ? "The agent is on."
            : "The agent is off (enabled: false): nothing is metered, nothing refused.");
    findings.fact(
        configuration.failClosed()
            ? "An error in the configuration keeps the application from starting (fail-closed)."
            : "An error in the configuration is logged; the application starts without budgets.");
    findings.fact(
        "The meter logs at level "
            + configuration.logLevel().name().toLowerCase(Locale.ROOT)
            + ".");
    findings.fact(
        "Calls are charged to "
            + charged(configuration.attribution())
            + " unless they say otherwise.");
    for (Configuration.ApiKeyOwner owner : configuration.apiKeys()) {
      findings.fact(
          "Calls with the API key "
              + owner.fingerprint()
              + " to "
              + charged(owner.attribution())
              + ".");
    }
    findings.fact(
        configuration
            .calls()
            .file()
            .map(
                file ->
                    "Each call is logged in %s, at most %,d bytes a file, %d older files kept."
                        .formatted(
                            file,
                            configuration.calls().maxBytes(),
                            configuration.calls().maxFiles()))
            .orElse("Calls are not logged in a file (calls.file)."));
    findings.fact(telemetry(configuration.otel()));
  }

  private static String charged(Map<String, String> attribution) {
    return attribution.isEmpty()
        ? "nobody in particular"
        : attribution.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  private static String telemetry(Configuration.OtelSettings otel) {
    if (!otel.enabled()) {
      return "Nothing is exported to OpenTelemetry.";
    }
    return otel.endpoint()
        .map(
            endpoint ->
                "Metrics and spans go to "
                    + endpoint
                    + " where the application has no OpenTelemetry of its own.")
        .orElse("Metrics and spans go through the application's OpenTelemetry, if it has one.");
  }

  void budgets() {
    Configuration.BudgetSettings budgets = configuration.budgets();
    findings.heading("Budgets");
    if (budgets.rules().isEmpty()) {
      findings.fact("There are none: every call is metered, none is refused.");
    }
    for (BudgetRule rule : budgets.rules()) {
      findings.fact(RuleWords.of(rule));
    }
    findings.fact(
        "A request that states no limit to its output holds %,d tokens for it%s."
            .formatted(budgets.defaultMaxOutputTokens(), exceptions(budgets.maxOutputTokens())));
  }

  void alerts() {
    findings.heading("Alerts and statements");
    Configuration.AlertSettings alerts = configuration.alerts();
    findings.fact(
        alerts.webhooks().isEmpty()
            ? "Thresholds that are crossed are logged and sent to OpenTelemetry."
            : "Thresholds that are crossed are logged, sent to OpenTelemetry and posted to %d webhooks."
                .formatted(alerts.webhooks().size()));
    findings.fact(
        "A grant that expires with something left is told of %d days before."
            .formatted(alerts.grantNotice().toDays()));
    findings.fact(
        "Spend is kept by "
            + String.join(", ", configuration.statements().dimensions())
            + ", and written down when a month closes.");
  }

  private static String exceptions(Map<String, Long> byPrefix) {
    return byPrefix.entrySet().stream()
        .map(entry -> "; %,d for %s...".formatted(entry.getValue(), entry.getKey()))
        .collect(Collectors.joining());
  }

  void prices(InstantSource clock) {
    findings.heading("Prices");
    LocalDate date = PriceTable.bundled(List.of()).date();
    long days = ChronoUnit.DAYS.between(date, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    String age = "the bundled table is of " + date + ", " + Math.max(0, days) + " days old";
    if (days > OLD_PRICES_DAYS) {
      findings.warning(age + "; a newer tokenmeter has newer prices");
    } else {
      findings.ok(age);
    }
    for (PriceOverride override : configuration.prices().overrides()) {
      findings.fact(
          "Your price for %s of %s, in USD per million tokens: %s"
              .formatted(override.model(), override.provider(), pricesOf(override)));
    }
    findings.fact(
        switch (configuration.prices().unknownModel()) {
          case ALLOW -> "A call to a model without a price passes USD budgets uncharged.";
          case REFUSE ->
              "A call to a model without a price is refused under a USD budget that blocks.";
          case WORST_CASE ->
              "A call to a model without a price is charged at its provider's highest price.";
        });
  }

  private static String pricesOf(PriceOverride override) {
    return override.usdPerMillion().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
