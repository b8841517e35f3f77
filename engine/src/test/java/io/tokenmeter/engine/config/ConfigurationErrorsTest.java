package io.tokenmeter.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationErrorsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("tokenmeter.yaml");
  }

  /** In the table a {@code /} ends a line of the file. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "budget: x | 1: budget: there is no such key; did you mean 'budgets'?",
        "colour: x | 1: colour: there is no such key",
        "budgets: {thresholds: [0]} | 1: budgets.thresholds: expected a whole number from 1 to 255,"
            + " but was '0'",
        "budgets: {thresholds: half} | 1: budgets.thresholds: expected a whole number from 1 to 255",
        "alerts: {grant-notice: soon} | 1: alerts.grant-notice: expected a length of time such as"
            + " 30m, 2h, 7d or 2w, but was 'soon'",
        "alerts: {webhooks: [{format: json}]} | 1: alerts.webhooks[0]: a webhook needs url",
        "alerts: {webhooks: [{url: x}]} | 1: alerts.webhooks[0].url: expected a URL such as",
        "alerts: {webhooks: [{url: 'http://h', format: xml}]} | 1: alerts.webhooks[0].format:"
            + " expected json or slack, but was 'xml'",
        "alerts: {webhooks: [{url: 'http://h', headers: {Host: x}}]} | 1:"
            + " alerts.webhooks[0].headers.Host: is no header that can be set",
        "statements: {dimensions: [team, team]} | 1: statements.dimensions: expected at most 8 keys,"
            + " each of them once",
        "budgets: {rules: [{name: a, limit: 1 USD, window: day, grants: [{id: g, amount: 1 USD}]}]}"
            + " | 1: budgets.rules[0].grants[0]: a grant needs effective",
        "budgets: {rules: [{name: a, limit: 1 USD, window: day, grants: [{id: g, amount: 1 tokens,"
            + " effective: 2026-01-01}]}]} | 1: budgets.rules[0].grants[0].amount: and rollover must"
            + " be in the unit of the budget's limit",
        "budgets: {rules: [{name: a, limit: 1 USD, window: day, grants: [{id: g, amount: 1 USD,"
            + " effective: tomorrow}]}]} | 1: budgets.rules[0].grants[0].effective: expected a date",
        "home: [a] | 1: home: expected a single value, but was a list",
        "home: {a: b} | 1: home: expected a single value, but was a table of keys",
        "home: | 1: home: expected a path, but has no value",
        "enabled: yes | 1: enabled: expected true or false, but was 'yes'",
        "fail-closed: 1 | 1: fail-closed: expected true or false, but was '1'",
        "log-level: loud | 1: log-level: expected off, error, warn, info or debug, but was 'loud'",
        "api-key-salt: short | 1: api-key-salt: expected a salt of at least 16 characters",
        "a: \u0007b | 1: this is not YAML: it holds characters that YAML does not allow",
        "- a | 1: expected keys with values, such as home: /var/lib/x",
        "enabled: true/enabled: false | 2: enabled: stands here a second time; first at FILE:1",
        "a: b: c | 1: this is not YAML: mapping values are not allowed here",
        "enabled: true/  home: x | 2: this is not YAML: mapping values are not allowed here",
        "[a]: b | 1: expected a plain word as the key",
        "counting: {models: {acme: gpt2_base}} | 1: counting.models.acme: expected a tokenizer.json or"
            + " an encoding: cl100k_base, o200k_base, o200k_harmony, p50k_base, r50k_base, but was 'gpt2_base'",
        "counting: {models: {acme: no-tokenizer.json}} | 1: counting.models.acme: expected a"
            + " tokenizer.json that can be read, but was 'no-tokenizer.json'",
        "counting: {models: {'a b': r50k_base}} | 1: counting.models.a b: expected the start of a"
            + " model's name, without spaces",
        "counting: {remembered-parts: -1} | 1: counting.remembered-parts: expected a whole number",
        "counting:/  rules: [text a 1 10, texts a 1] | 2: counting.rules: no rule 'texts'; expected"
            + " one of",
        "counting:/  rules: [image a 0 1 1] | 2: counting.rules: expected a number above 0, found"
            + " '0', but was 'image a 0 1 1'",
        "attribution: search | 1: attribution: expected a table of keys, but was a single value",
        "attribution: {team: [a]} | 1: attribution.team: expected a single value, but was a list",
        "attribution: {team: ''} | 1: attribution.team: expected a value, 1 to 256 characters",
        "attribution: {model: x} | 1: attribution.model: cannot be set; it is known from the call",
        "attribution: {'a b': x} | 1: attribution.a b: expected an attribution key such as team",
        "api-keys: x | 1: api-keys: expected a list, each item a fingerprint with attribution keys,"
            + " but was a single value",
        "api-keys: [x] | 1: api-keys[0]: expected a fingerprint with attribution keys, but was a"
            + " single value",
        "api-keys:/- team: x | 2: api-keys[0]: an API key needs its fingerprint",
        "api-keys:/- fingerprint: 0123456789abcdef | 2: api-keys[0]: an API key needs an"
            + " attribution key such as team",
        "api-keys:/- {fingerprint: 0123456789abcdef, team: a}/- {fingerprint: 0123456789abcdef,"
            + " team: b} | 3: api-keys[1].fingerprint: stands here a second time; first at FILE:2",
        "api-keys: [{fingerprint: xyz, team: a}] | 1: api-keys[0].fingerprint: expected the 16"
            + " hexadecimal digits that",
        "budgets: {default-action: deny} | 1: budgets.default-action: expected block,"
            + " observe, throttle, downgrade, shrink or require-approval, but was 'deny'",
        "budgets: {inject-max-output: yes} | 1: budgets.inject-max-output: expected true or false,"
            + " but was 'yes'",
        "budgets: {default-max-output-tokens: 0} | 1: budgets.default-max-output-tokens: expected"
            + " a whole number from 1 to 1000000000, but was '0'",
        "budgets: {max-output-tokens: {gpt-4: many}} | 1: budgets.max-output-tokens.gpt-4: expected"
            + " a whole number from 1 to 1000000000, but was 'many'",
        "budgets: {rule: []} | 1: budgets.rule: there is no such key; did you mean 'rules'?",
        "budgets: {rules: {a: b}} | 1: budgets.rules: expected a list, each item a budget rule with"
            + " name, limit and window, but was a table of keys",
        "prices: {unknown-model: free} | 1: prices.unknown-model: expected allow, refuse or"
            + " worst-case, but was 'free'",
        "prices: {overrides: [{provider: openai}]} | 1: prices.overrides[0]: a price needs model",
        "prices: {overrides: [{provider: openai, model: x, usd-per-million: {input: 1}}]} | 1:"
            + " prices.overrides[0].usd-per-million.input: there is no such token class",
        "prices: {overrides: [{provider: openai, model: x, usd-per-million: {outputs: 1}}]} | 1:"
            + " prices.overrides[0].usd-per-million.outputs: there is no such token class; did you"
            + " mean 'output'?",
        "prices: {overrides: [{provider: openai, model: x, usd-per-million: {output: 1}}]} | 1:"
            + " prices.overrides[0].usd-per-million: needs a price for uncached_input",
        "prices: {overrides: [{provider: openai, model: x, usd-per-million: {uncached_input:"
            + " '1,5'}}]} | 1: prices.overrides[0].usd-per-million.uncached_input: expected USD per"
            + " million tokens such as \"2.50\", with at most six places, but was '1,5'",
        "prices: {overrides: [{provider: openai, model: 'g*t', usd-per-million: {}}]} | 1:"
            + " prices.overrides[0].model: expected a * at the end only, but was 'g*t'",
        "prices:/  overrides:/  - {provider: google, model: x, usd-per-million: {uncached_input:"
            + " 1}}/  - {provider: gcp.gemini, model: X, usd-per-million: {uncached_input: 2}} | 4:"
            + " prices.overrides[1]: the same provider and model have a price at FILE:3",
        "calls: {max-size: 64} | 1: calls.max-size: expected a size such as \"64 MB\" or \"512 KB\","
            + " but was '64'",
        "calls: {max-size: 0 MB} | 1: calls.max-size: expected a size such as",
        "calls: {max-size: 999999999999 GB} | 1: calls.max-size: expected a size below 8 exabytes",
        "calls: {max-files: -1} | 1: calls.max-files: expected a whole number from 1 to 1000, but"
            + " was '-1'",
        "otel: {endpoint: localhost:4317} | 1: otel.endpoint: expected a URL such as"
            + " http://localhost:4318, but was 'localhost:4317'",
        "otel: {semconv: '1.42'} | 1: otel.semconv: expected 1.41 or next, but was '1.42'",
        "otel: {headers: abc} | 1: otel.headers: expected headers such as key=value,key2=value2",
        "otel: {baggage: {a.b: c d}} | 1: otel.baggage.a.b: expected an attribution key such as"
            + " team",
      })
  void load_fileWithAnError_saysFileLineKeyAndWhatWasExpected(String text, String expected)
      throws IOException {
    Files.writeString(file, text.replace('/', '\n').replace("http:\n\n", "http://"));
    assertThat(error(Map.of(), Map.of()).getMessage())
        .contains(file + ":" + expected.replace("FILE", file.toString()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "limit: 1 USD, window: day | : a budget rule needs name",
        "name: a, window: day | : a budget rule needs limit",
        "name: a, limit: 1 USD | : a budget rule needs window",
        "name: a, limit: 1 EUR, window: day | .limit: expected an amount such as \"50 USD\","
            + " \"2000000 tokens\", \"2M tokens\" or \"1000 calls\", but was '1 EUR'",
        "name: a, limit: -1 USD, window: day | .limit: expected an amount such as",
        "name: a, limit: 50, window: day | .limit: expected an amount such as",
        "name: a, limit: 2M USD, window: day | .limit: expected USD in full, such as \"2000 USD\"",
        "name: a, limit: 9223372037 USD, window: day | .limit: expected at most 9223372036 USD",
        "name: a, limit: 0.0000000001 USD, window: day | .limit: expected at most 9223372036 USD,"
            + " in whole nano-USD (nine places), but was '0.0000000001 USD'",
        "name: a, limit: 0.5 tokens, window: day | .limit: expected a whole number of tokens",
        "name: a, limit: 9999999999G tokens, window: day | .limit: expected a whole number of"
            + " tokens or calls, at most 9223372036854775807",
        "name: a, limit: 1 USD, window: fortnight | .window: expected second, minute, refill hour,",
        "name: a, limit: 1 USD, window: week from mon | .window: expected a week from monday,",
        "name: a, limit: 1 USD, window: year from 4 | .window: expected second,",
        "name: a, limit: 1 USD, window: year from aprile | .window: expected a year from january,",
        "name: a, limit: 1 USD, window: rolling 500d | .window: expected a length from 1m to 366d",
        "name: a, limit: 1 USD, window: day, burst: 2 USD | .burst: a day has no burst;",
        "name: a, limit: 1 USD, window: minute, burst: 2 tokens | .burst: expected the unit of the",
        "name: a, limit: 1 USD, window: minute, burst: 0 USD | .burst: expected more than nothing",
        "name: a, limit: 1 USD, window: day, zone: Europe/Berln | .zone: expected a time zone such"
            + " as UTC or Europe/Berlin (did you mean Europe/Berlin?), but was 'Europe/Berln'",
        "name: a, limit: 1 USD, window: day, action: warn | .action: expected block, observe,"
            + " throttle, downgrade, shrink or require-approval, but was 'warn'",
        "name: a, limit: 1 USD, window: day, action: throttle, max-wait: 1h | .max-wait: expected a"
            + " duration such as \"10s\" or \"500ms\", at most 600s, but was '1h'",
        "name: a, limit: 1 USD, window: day, action: throttle, max-wait: 0s | .max-wait: expected",
        "name: a, limit: 1 USD, window: day, max-wait: 5s | .max-wait: belongs to the action"
            + " throttle, which this budget does not have",
        "name: a, limit: 1 USD, window: day, action: shrink, min-output: 0 | .min-output: expected a"
            + " whole number from 1 to 1000000000, but was '0'",
        "name: a, limit: 1 USD, window: day, min-output: 5 | .min-output: belongs to the action"
            + " shrink",
        "name: a, limit: 1 USD, window: day, action: downgrade | : the action downgrade needs"
            + " downgrade-to",
        "name: a, limit: 1 USD, window: day, action: downgrade, downgrade-to: {} | .downgrade-to:"
            + " expected a model, or a map from prefixes of models to models",
        "name: a, limit: 1 USD, window: day, downgrade-to: b | .downgrade-to: belongs to the action"
            + " downgrade",
        "name: a, limit: 1 USD, window: day, cutoff: maybe | .cutoff: expected true or false",
        "name: a, limit: 1 USD, window: day, action: observe, cutoff: true | .cutoff: a budget that"
            + " only observes ends no stream",
        "name: a, limit: 1 USD, window: day, windows: day | .windows: there is no such key; did you"
            + " mean 'window'?",
        "name: a, limit: 1 USD, window: day, per: {user: x} | .per: expected a list of words, but"
            + " was a table of keys",
        "name: a, limit: 1 USD, window: day, per: [user, user] | .per: names a key twice",
        "name: a, limit: 1 USD, window: day, per: ['a b'] | .per: expected an attribution key such"
            + " as team",
        "name: a, limit: 1 USD, window: day, match: [x] | .match: expected a table of keys, but was"
            + " a list",
        "name: a, limit: 1 USD, window: day, match: {model: 'gpt*mini'} | .match.model: expected a"
            + " * at the end only, but was 'gpt*mini'",
        "name: a, limit: 1 USD, window: day, match: {team: ''} | .match.team: expected a value of 1"
            + " to 256 characters; no call has another team, but has no value",
        "name: a, limit: 1 USD, window: day, match: {team: \"a\\tb\"} | .match.team: expected a"
            + " value of 1 to 256 characters",
        "name: a, limit: 1 USD, window: day, match: {provider: google} | .match.provider: no call"
            + " has the provider 'google'; did you mean 'gcp.gemini'?",
        "name: a, limit: 1 USD, window: day, match: {provider: OpenAI} | .match.provider: no call"
            + " has the provider 'OpenAI'; did you mean 'openai'?",
        "name: a, limit: 1 USD, window: day, match: {'a b': c} | .match.a b: expected an attribution"
            + " key",
      })
  void load_ruleWithAnError_saysWhichRuleAndWhatWasExpected(String rule, String expected)
      throws IOException {
    Files.writeString(
        file,
        "budgets:\n  rules:\n    - {name: first, limit: 1 USD, window: day}\n    - {" + rule + "}");
    assertThat(error(Map.of(), Map.of()).getMessage())
        .startsWith(file + ":4: budgets.rules[1]" + expected);
  }

  @Test
  void load_sameNameTwice_saysWhereTheFirstIs() throws IOException {
    Files.writeString(
        file,
        """
        budgets:
          rules:
            - name: team
              limit: 1 USD
              window: day
            - name: team
              limit: 2 USD
              window: month
        """);
    assertThat(error(Map.of(), Map.of()))
        .hasMessage(
            file
                + ":6: budgets.rules[1].name: 'team' is taken; the budget at "
                + file
                + ":3 has it");
  }

  @Test
  void load_severalErrors_namesThemAll() throws IOException {
    Files.writeString(file, "enabled: maybe\nlog-level: loud\ncalls:\n  max-files: none\n");
    assertThat(error(Map.of(), Map.of()).getMessage().lines())
        .hasSize(4)
        .first()
        .isEqualTo("3 errors in the configuration:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenmeter.log-level | loud | log-level: expected off, error, warn, info or debug, but was"
            + " 'loud'",
        "tokenmeter.log-levle | info | there is no such setting; did you mean 'log-level'?",
        "tokenmeter.nonsense | x | there is no such setting",
        "tokenmeter.budgets.rules | [{name: a}] | budgets.rules[0]: a budget rule needs limit",
        "tokenmeter.budgets.rules | [{name: a | this is not YAML: expected ',' or '}'",
        "tokenmeter.attribution | red | attribution: expected a table of keys, but was a single"
            + " value",
        "tokenmeter.budgets.max-output-tokens.gpt-4.1 | x | budgets.max-output-tokens.gpt-4.1:"
            + " expected a whole number",
      })
  void load_propertyWithAnError_namesTheProperty(String name, String value, String expected) {
    assertThat(error(Map.of(name, value), Map.of()).getMessage())
        .contains("system property " + name + ": " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TOKENMETER_OTEL_ENABLED | no | otel.enabled: expected true or false, but was 'no'",
        "TOKENMETER_BUDGETS_DEFAULT_ACTIN | block | there is no such setting; did you mean"
            + " 'TOKENMETER_BUDGETS_DEFAULT_ACTION'?",
      })
  void load_variableWithAnError_namesTheVariable(String name, String value, String expected) {
    assertThat(error(Map.of(), Map.of(name, value)).getMessage())
        .contains("environment variable " + name + ": " + expected);
  }

  @Test
  void load_namedFileIsMissing_saysSo() {
    Path missing = directory.resolve("other.yaml");
    assertThat(error(Map.of("tokenmeter.config", missing.toString()), Map.of()))
        .hasMessage(missing + ": there is no such file; it was named as the configuration");
  }

  @Test
  void load_fileIsADirectory_saysThatItCannotBeRead() throws IOException {
    Files.createDirectory(file);
    assertThat(error(Map.of(), Map.of()).getMessage()).startsWith(file + ": cannot be read");
  }

  @Test
  void load_fileIsNotText_saysSo() throws IOException {
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});
    assertThat(error(Map.of(), Map.of())).hasMessage(file + ": is not in UTF-8");
  }

  @Test
  void load_aliasesWithoutEnd_areRefused() throws IOException {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      text.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(10)));
    }
    Files.writeString(file, text);
    assertThat(error(Map.of(), Map.of()).getMessage()).contains("Number of aliases");
    Files.writeString(file, "a: &a [*a]\n");
    assertThat(error(Map.of(), Map.of()).getMessage()).contains("nested too deep");
  }

  @Test
  void load_errorBesideSecrets_repeatsNone() throws IOException {
    Files.writeString(
        file,
        """
        api-key-salt: {a: sk-canary-1}
        api-keys:
          - fingerprint: sk-canary-2
            team: a
        otel:
          headers: sk-canary-3
          endpoint: [
        """);
    assertThat(error(Map.of(), Map.of()).getMessage()).doesNotContain("canary");
    Files.writeString(file, Files.readString(file).replace("endpoint: [", "enabled: true"));
    assertThat(error(Map.of(), Map.of()).getMessage())
        .contains("api-key-salt", "fingerprint", "otel.headers")
        .doesNotContain("canary");
  }

  @Test
  void load_noPath_saysSo() {
    assertThat(error(Map.of("tokenmeter.config", "a\0b"), Map.of()))
        .hasMessageContaining("tokenmeter.config or tokenmeter.home")
        .hasMessageContaining("expected a path");
  }

  @Test
  void failClosed_errorElsewhere_isKnownAllTheSame() throws IOException {
    Files.writeString(file, "fail-closed: true\nlog-level: loud\n");
    assertThat(error(Map.of(), Map.of()).failClosed()).isTrue();
    assertThat(error(Map.of("tokenmeter.fail-closed", "false"), Map.of()).failClosed()).isFalse();
    Files.writeString(file, "fail-closed: true\n[");
    assertThat(error(Map.of(), Map.of("TOKENMETER_FAIL_CLOSED", "true")).failClosed()).isTrue();
  }

  private ConfigurationException error(
      Map<String, String> properties, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(properties);
    if (Files.exists(file)) {
      all.put("tokenmeter.config", file.toString());
    } else {
      all.putIfAbsent("tokenmeter.home", directory.toString());
    }
    ConfigurationException error =
        catchThrowableOfType(
            ConfigurationException.class, () -> ConfigurationLoader.load(all, environment));
    assertThat(error).as("the configuration was taken").isNotNull();
    return error;
  }
}
