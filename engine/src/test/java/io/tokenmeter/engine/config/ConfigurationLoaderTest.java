package io.tokenmeter.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.budgets.Action;
import io.tokenmeter.engine.budgets.BudgetRule;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.Window;
import io.tokenmeter.engine.config.Configuration.AlertSettings;
import io.tokenmeter.engine.config.Configuration.ApiKeyOwner;
import io.tokenmeter.engine.config.Configuration.PriceOverride;
import io.tokenmeter.engine.config.Configuration.UnknownModel;
import io.tokenmeter.engine.config.Configuration.Webhook;
import io.tokenmeter.engine.config.Configuration.WebhookFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  @TempDir Path directory;

  private Configuration load(String text) throws Exception {
    return load(text, Map.of(), Map.of());
  }

  private Configuration load(
      String text, Map<String, String> properties, Map<String, String> environment)
      throws Exception {
    Path file = Files.writeString(directory.resolve("settings.yaml"), text);
    Map<String, String> all = new HashMap<>(properties);
    all.put("tokenmeter.config", file.toString());
    all.put("user.home", directory.resolve("me").toString());
    return ConfigurationLoader.load(all, environment);
  }

  /** What Java says of a user whom the system does not know. */
  @Test
  void load_unknownUser_isAtHomeWhereTheVariableSays() throws Exception {
    Map<String, String> unknown = Map.of("user.home", "?");

    assertThat(ConfigurationLoader.load(unknown, Map.of("HOME", directory.toString())).home())
        .isEqualTo(directory.resolve(".tokenmeter"));
    assertThat(ConfigurationLoader.load(unknown, Map.of()).home())
        .isEqualTo(Path.of("/.tokenmeter"));
  }

  @Test
  void load_nothing_isTheDefaults() throws Exception {
    Configuration configuration =
        ConfigurationLoader.load(Map.of("user.home", directory.toString()), Map.of());

    assertThat(configuration.home()).isEqualTo(directory.resolve(".tokenmeter"));
    assertThat(configuration.enabled()).isTrue();
    assertThat(configuration.failClosed()).isFalse();
    assertThat(configuration.logLevel()).isEqualTo(LogLevel.INFO);
    assertThat(configuration.apiKeySalt()).isEmpty();
    assertThat(configuration.attribution()).isEmpty();
    assertThat(configuration.apiKeys()).isEmpty();
    assertThat(configuration.budgets().rules()).isEmpty();
    assertThat(configuration.budgets().defaultMaxOutputTokens()).isEqualTo(4096);
    assertThat(configuration.budgets().maxOutputTokens()).isEmpty();
    assertThat(configuration.prices().overrides()).isEmpty();
    assertThat(configuration.prices().unknownModel()).isEqualTo(UnknownModel.WORST_CASE);
    assertThat(configuration.calls().file()).isEmpty();
    assertThat(configuration.calls().maxBytes()).isEqualTo(64 * 1024 * 1024);
    assertThat(configuration.calls().maxFiles()).isEqualTo(5);
    assertThat(configuration.counting().learn()).isTrue();
    assertThat(configuration.counting().rememberedParts()).isEqualTo(16_384);
    assertThat(configuration.counting().models()).isEmpty();
    assertThat(configuration.counting().rules()).isEmpty();
    assertThat(configuration.otel().enabled()).isTrue();
    assertThat(configuration.otel().endpoint()).isEmpty();
    assertThat(configuration.otel().semconv()).isEqualTo("1.41");
    assertThat(configuration.otel().headers()).isEmpty();
    assertThat(configuration.otel().baggage())
        .containsEntry("tokenmeter.team", "team")
        .containsEntry("tokenmeter.user", "user")
        .hasSize(6);
    assertThat(configuration.source()).isEqualTo("defaults");
    assertThat(configuration.origins()).isEmpty();
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void load_everyKey_isRead() throws Exception {
    Files.writeString(directory.resolve("tokenizer.json"), "read when it is used");
    Configuration configuration =
        load(
            """
            # everything at once
            home: state
            enabled: false
            fail-closed: true
            log-level: debug
            api-key-salt: 'a salt for all our hosts'
            attribution:
              org: acme
              cost-centre: "4711"
            api-keys:
              - fingerprint: 0123456789abcdef
                team: search
                project: ranking
            budgets:
              default-action: observe
              default-max-output-tokens: 1000
              thresholds: [60]
              max-output-tokens:
                gpt-4.1: 2000
                claude-: 3000
              rules:
                - name: everything
                  limit: 50 USD
                  window: month
                  zone: Europe/Berlin
                  action: block
                  thresholds: [100, 75%]
                  grants:
                    - id: promo
                      amount: 100 USD
                      effective: 2026-12-01
                      expires: 2027-03-01T08:00:00Z
                      priority: -1
                      rollover: 5 USD
                - name: search-models
                  match:
                    team: search
                    provider: gcp.gemini
                    model: gemini-2*
                  per: [user, model]
                  limit: 2M tokens
                  window: day
                - {name: burst, per: user, limit: 0.000000001 USD, window: minute}
            prices:
              unknown-model: refuse
              overrides:
                - provider: Google
                  model: Gemini-Custom*
                  usd-per-million: {uncached_input: "2.50", output: 7}
            calls:
              file: calls.jsonl
              max-size: 10 KB
              max-files: 3
            alerts:
              grant-notice: 2w
              webhooks:
                - {url: "https://hooks.example/T0/secret", format: slack, thresholds: [95]}
                - {url: "http://localhost:1/x", headers: {Authorization: Bearer canary}}
            statements:
              dimensions: [team, user]
            otel:
              enabled: false
              endpoint: https://collector:4318/x
              semconv: next
              headers: {api-key: secret}
              baggage: {tenant: team}
            counting:
              learn: false
              remembered-parts: 100
              models: {acme-: CL100K_base, acme-own-: tokenizer.json}
              rules: [text acme- 1.25 15 0.5 2, image acme- 28 1000 1]
            """);

    assertThat(configuration.counting())
        .isEqualTo(
            new Configuration.CountingSettings(
                false,
                100,
                Map.of("acme-", "cl100k_base"),
                Map.of("acme-own-", directory.resolve("tokenizer.json")),
                List.of("text acme- 1.25 15 0.5 2", "image acme- 28 1000 1")));
    assertThat(configuration.counting().encodings().encodingOf("acme-7b")).isEqualTo("cl100k_base");
    assertThat(configuration.counting().countingRules()).isNotNull();
    assertThat(configuration.home()).isEqualTo(directory.resolve("state"));
    assertThat(configuration.enabled()).isFalse();
    assertThat(configuration.failClosed()).isTrue();
    assertThat(configuration.logLevel()).isEqualTo(LogLevel.DEBUG);
    assertThat(configuration.apiKeySalt()).hasValue("a salt for all our hosts");
    assertThat(configuration.attribution())
        .containsExactly(Map.entry("org", "acme"), Map.entry("cost-centre", "4711"));
    assertThat(configuration.apiKeys())
        .containsExactly(
            new ApiKeyOwner("0123456789abcdef", Map.of("team", "search", "project", "ranking")));
    assertThat(configuration.budgets().defaultMaxOutputTokens()).isEqualTo(1000);
    assertThat(configuration.budgets().maxOutputTokens())
        .containsExactly(Map.entry("gpt-4.1", 2000L), Map.entry("claude-", 3000L));
    assertThat(configuration.budgets().rules())
        .containsExactly(
            BudgetRule.named("everything")
                .limit(Budget.Unit.USD, 50_000_000_000L)
                .window(Window.MONTH)
                .zone(ZoneId.of("Europe/Berlin"))
                .thresholds(List.of(75, 100))
                .grants(
                    List.of(
                        new Grant(
                            "promo",
                            "everything",
                            Map.of(),
                            Budget.Unit.USD,
                            100_000_000_000L,
                            Instant.parse("2026-11-30T23:00:00Z"),
                            Instant.parse("2027-03-01T08:00:00Z"),
                            -1,
                            5_000_000_000L)))
                .build(),
            BudgetRule.named("search-models")
                .match(Map.of("team", "search", "provider", "gcp.gemini", "model", "gemini-2*"))
                .per(List.of("user", "model"))
                .limit(Budget.Unit.TOKENS, 2_000_000)
                .window(Window.DAY)
                .hard(false)
                .thresholds(List.of(60))
                .build(),
            BudgetRule.named("burst")
                .per(List.of("user"))
                .limit(Budget.Unit.USD, 1)
                .window(Window.MINUTE)
                .hard(false)
                .thresholds(List.of(60))
                .build());
    assertThat(configuration.prices().unknownModel()).isEqualTo(UnknownModel.REFUSE);
    assertThat(configuration.prices().overrides())
        .containsExactly(
            new PriceOverride(
                "gcp.gemini", "gemini-custom*", Map.of("uncached_input", "2.50", "output", "7")));
    assertThat(configuration.calls().file()).hasValue(directory.resolve("calls.jsonl"));
    assertThat(configuration.calls().maxBytes()).isEqualTo(10_240);
    assertThat(configuration.calls().maxFiles()).isEqualTo(3);
    assertThat(configuration.alerts())
        .isEqualTo(
            new AlertSettings(
                List.of(
                    new Webhook(
                        "https://hooks.example/T0/secret",
                        WebhookFormat.SLACK,
                        List.of(95),
                        Map.of()),
                    new Webhook(
                        "http://localhost:1/x",
                        WebhookFormat.JSON,
                        List.of(),
                        Map.of("Authorization", "Bearer canary"))),
                Duration.ofDays(14)));
    assertThat(configuration.alerts().toString()).doesNotContain("secret", "canary");
    assertThat(configuration.statements().dimensions()).containsExactly("team", "user");
    assertThat(configuration.otel().enabled()).isFalse();
    assertThat(configuration.otel().endpoint()).hasValue("https://collector:4318/x");
    assertThat(configuration.otel().semconv()).isEqualTo("next");
    assertThat(configuration.otel().headers()).containsExactly(Map.entry("api-key", "secret"));
    assertThat(configuration.otel().baggage()).containsExactly(Map.entry("tenant", "team"));
    assertThat(configuration.source()).isEqualTo(directory.resolve("settings.yaml").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "0 USD, USD, 0",
    "1 usd, USD, 1000000000",
    "0.1 USD, USD, 100000000",
    "12.345678901 USD, USD, 12345678901",
    "9223372036 USD, USD, 9223372036000000000",
    "5000tokens, TOKENS, 5000",
    "1.5M tokens, TOKENS, 1500000",
    "500k tokens, TOKENS, 500000",
    "2 G tokens, TOKENS, 2000000000",
    "1 token, TOKENS, 1",
  })
  void load_limit_isExact(String limit, Budget.Unit unit, long amount) throws Exception {
    BudgetRule rule =
        load("budgets: {rules: [{name: a, window: day, limit: " + limit + "}]}")
            .budgets()
            .rules()
            .get(0);
    assertThat(rule.unit()).isEqualTo(unit);
    assertThat(rule.limit()).isEqualTo(amount);
    assertThat(rule.hard()).isTrue();
  }

  @Test
  void load_threeSources_propertyBeforeVariableBeforeFile() throws Exception {
    String text = "log-level: error\nenabled: false\nfail-closed: true\ncalls: {max-files: 1}\n";
    Configuration configuration =
        load(
            text,
            Map.of("tokenmeter.log-level", "debug"),
            Map.of(
                "TOKENMETER_LOG_LEVEL", "warn",
                "TOKENMETER_ENABLED", "true",
                "TOKENMETER_CALLS_MAX_FILES", "9"));
    assertThat(configuration.logLevel()).isEqualTo(LogLevel.DEBUG);
    assertThat(configuration.enabled()).isTrue();
    assertThat(configuration.calls().maxFiles()).isEqualTo(9);
    assertThat(configuration.failClosed()).isTrue();
    assertThat(configuration.origins())
        .containsEntry("log-level", "system property tokenmeter.log-level")
        .containsEntry("enabled", "environment variable TOKENMETER_ENABLED")
        .containsEntry("fail-closed", directory.resolve("settings.yaml") + ":3")
        .containsEntry("calls.max-files", "environment variable TOKENMETER_CALLS_MAX_FILES");
  }

  @Test
  void load_mapsFromSeveralSources_areLaidOverEachOther() throws Exception {
    Configuration configuration =
        load(
            "attribution: {team: file, project: file, org: file}",
            Map.of(
                "tokenmeter.attribution.team", "property",
                "tokenmeter.budgets.max-output-tokens.gpt-4.1", "7",
                "tokenmeter.otel.baggage.tenant.id", "team"),
            Map.of(
                "TOKENMETER_ATTRIBUTION_TEAM", "variable",
                "TOKENMETER_ATTRIBUTION_PROJECT", "variable"));
    assertThat(configuration.attribution())
        .containsEntry("team", "property")
        .containsEntry("project", "variable")
        .containsEntry("org", "file");
    assertThat(configuration.budgets().maxOutputTokens()).containsEntry("gpt-4.1", 7L);
    assertThat(configuration.otel().baggage()).containsExactly(Map.entry("tenant.id", "team"));
  }

  @Test
  void load_listsAndMapsAsText_replaceTheFiles() throws Exception {
    Configuration configuration =
        load(
            "budgets: {rules: [{name: file, limit: 1 USD, window: day}]}\nattribution: {org: file}",
            Map.of(
                "tokenmeter.budgets.rules", "[{name: property, limit: 2 USD, window: month}]",
                "tokenmeter.attribution", "{team: property}"),
            Map.of());
    assertThat(configuration.budgets().rules())
        .extracting(BudgetRule::name)
        .containsExactly("property");
    assertThat(configuration.attribution()).containsExactly(Map.entry("team", "property"));
  }

  @Test
  void load_openTelemetrysVariables_areTheDefaultsOfOurs() throws Exception {
    Map<String, String> environment =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318",
            "OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b+c,tenant=x");
    assertThat(load("", Map.of(), environment).otel().endpoint()).hasValue("http://collector:4318");
    assertThat(load("", Map.of(), environment).otel().headers())
        .containsExactly(Map.entry("api-key", "a b+c"), Map.entry("tenant", "x"));
    assertThat(load("otel: {endpoint: 'http://other:1'}", Map.of(), environment).otel().endpoint())
        .hasValue("http://other:1");
  }

  @Test
  void load_paths_startFromTheFileTheHomeOrTheWorkingDirectory() throws Exception {
    assertThat(load("home: ../x").home())
        .isEqualTo(directory.resolve("../x").toAbsolutePath().normalize());
    assertThat(load("home: ~/state").home()).isEqualTo(directory.resolve("me/state"));
    assertThat(load("home: ~").home()).isEqualTo(directory.resolve("me"));
    assertThat(load("", Map.of("tokenmeter.calls.file", "calls.jsonl"), Map.of()).calls().file())
        .hasValue(Path.of("calls.jsonl").toAbsolutePath());
    assertThat(load("").home()).isEqualTo(directory.resolve("me/.tokenmeter"));
  }

  @Test
  void load_fileInTheHome_isFound() throws Exception {
    Files.writeString(directory.resolve("tokenmeter.yaml"), "log-level: 'off'\n");
    Configuration configuration =
        ConfigurationLoader.load(Map.of(), Map.of("TOKENMETER_HOME", directory.toString()));
    assertThat(configuration.logLevel()).isEqualTo(LogLevel.OFF);
    assertThat(configuration.home()).isEqualTo(directory);
  }

  @Test
  void load_homeThatIsAFile_isNoErrorOfTheConfiguration() throws Exception {
    Path file = Files.writeString(directory.resolve("state"), "");
    Configuration configuration =
        ConfigurationLoader.load(Map.of("tokenmeter.home", file.toString()), Map.of());
    assertThat(configuration.home()).isEqualTo(file);
    assertThat(configuration.source()).isEqualTo("defaults");
  }

  @Test
  void load_emptyFileAndEmptySections_areTheDefaults() throws Exception {
    assertThat(load("").budgets().rules()).isEmpty();
    assertThat(load("# nothing\n").budgets().rules()).isEmpty();
    Configuration configuration = load("budgets:\n  rules:\nattribution:\napi-keys:\notel:\n");
    assertThat(configuration.budgets().rules()).isEmpty();
    assertThat(configuration.attribution()).isEmpty();
  }

  @Test
  void load_emptyPropertyOrVariable_isNotSet() throws Exception {
    Configuration configuration =
        load("", Map.of("tokenmeter.log-level", ""), Map.of("TOKENMETER_HOME", ""));
    assertThat(configuration.logLevel()).isEqualTo(LogLevel.INFO);
  }

  @Test
  void load_variableOfSomebodyElse_isOnlyAWarning() throws Exception {
    Configuration configuration = load("", Map.of(), Map.of("TOKENMETER_SERVICE_HOST", "10.0.0.1"));
    assertThat(configuration.warnings())
        .containsExactly(
            "environment variable TOKENMETER_SERVICE_HOST: there is no such setting; it is ignored");
  }

  @Test
  void load_unheardOfProvider_isOnlyAWarning() throws Exception {
    Configuration configuration =
        load("budgets: {rules: [{name: a, limit: 1 USD, window: day, match: {provider: opnai}}]}");
    assertThat(configuration.warnings())
        .singleElement()
        .asString()
        .endsWith("'opnai' is no provider that tokenmeter knows; did you mean 'openai'?");
  }

  @Test
  void toString_secrets_areLeftOut() throws Exception {
    Configuration configuration =
        load("api-key-salt: canary-canary-canary\notel: {headers: {k: canary}}");
    assertThat(configuration.toString() + configuration.otel()).doesNotContain("canary");
  }

  @Test
  void load_actions_withTheirKeysAndDefaults() throws Exception {
    List<BudgetRule> rules =
        load("""
                budgets:
                  inject-max-output: true
                  default-action: throttle
                  rules:
                    - {name: a, limit: 1 USD, window: day}
                    - {name: b, limit: 1 USD, window: day, max-wait: 500ms, cutoff: true}
                    - {name: c, limit: 1 USD, window: day, action: shrink}
                    - {name: d, limit: 1 USD, window: day, action: shrink, min-output: 32}
                    - {name: e, limit: 1 USD, window: day, action: downgrade, downgrade-to: x}
                    - name: f
                      limit: 1 USD
                      window: day
                      action: downgrade
                      downgrade-to: {gpt-4.1: gpt-4.1-mini, o3: o4-mini}
                    - {name: g, limit: 1 USD, window: day, action: require-approval}
                    - {name: h, limit: 1 USD, window: day, action: block}
                    - {name: i, limit: 1 USD, window: day, action: observe}
                """)
            .budgets()
            .rules();

    assertThat(rules)
        .extracting(BudgetRule::action)
        .containsExactly(
            new Action.Throttle(Duration.ofSeconds(10)),
            new Action.Throttle(Duration.ofMillis(500)),
            new Action.Shrink(256),
            new Action.Shrink(32),
            new Action.Downgrade(Map.of("", "x")),
            new Action.Downgrade(Map.of("gpt-4.1", "gpt-4.1-mini", "o3", "o4-mini")),
            Action.REQUIRE_APPROVAL,
            Action.BLOCK,
            Action.OBSERVE);
    assertThat(rules).extracting(BudgetRule::cutoff).containsOnlyOnce(true);
    assertThat(rules).extracting(BudgetRule::hard).containsOnlyOnce(false);
  }

  @Test
  void load_injectMaxOutput_isOffUnlessAskedFor() throws Exception {
    assertThat(load("").budgets().injectMaxOutput()).isFalse();
    assertThat(load("budgets: {inject-max-output: true}").budgets().injectMaxOutput()).isTrue();
  }
}
