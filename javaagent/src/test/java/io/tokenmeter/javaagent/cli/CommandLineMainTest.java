package io.tokenmeter.javaagent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.engine.attribution.ApiKeyFingerprint;
import io.tokenmeter.engine.calibration.Calibrator;
import io.tokenmeter.engine.ledger.StateDirectory;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.TextFactor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineMainTest {
  private static final String KEY = "sk-canary-0123456789";
  private static final String TOKENIZER =
      """
      {"version": "1.0", "pre_tokenizer": null,
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private String input = "";

  private int run(Map<String, String> properties, String... args) {
    Map<String, String> all = new HashMap<>(properties);
    all.putIfAbsent("tokenmeter.home", directory.resolve("state").toString());
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    return CommandLineMain.run(
        args,
        new PrintWriter(out),
        new PrintWriter(err),
        new Surroundings(all, Map.of(), in, KeyInput.of(null, in), () -> now));
  }

  private Map<String, String> file(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("settings.yaml"), text);
    return Map.of("tokenmeter.config", file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void run_help_showsTheCommands(String option) {
    assertThat(run(Map.of(), option)).isZero();
    assertThat(out.toString())
        .contains("Usage: tokenmeter", "status", "doctor", "count", "fingerprint")
        .contains("-javaagent:tokenmeter.jar");
    assertThat(out.toString().replaceAll("\\s+", " "))
        .as("whole sentences")
        .contains(
            "by team and model. doctor",
            "Exit code 1 if it does not. count",
            "without showing it. report",
            "on what. request",
            "for a time. approve",
            "for emergencies. grant",
            "until it expires. revoke");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_version_namesIt() {
    assertThat(run(Map.of(), "--version")).isZero();
    assertThat(out.toString()).startsWith("tokenmeter ");
  }

  @Test
  void run_unknownCommand_isUsageError() {
    assertThat(run(Map.of(), "statis")).isEqualTo(2);
    assertThat(err.toString()).contains("statis", "Did you mean", "status");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void run_noCommand_isUsageError() {
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing", "Usage: tokenmeter");
  }

  @Test
  void report_noSuchMonth_saysWhatIsExpected() {
    assertThat(run(Map.of(), "report", "--month", "2026-13")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'--month'", "expected a month such as 2026-10, but was '2026-13'")
        .doesNotContain("java.");
  }

  @Test
  void run_argumentThatTheLocaleGarbled_isRefusedBeforeItGoesOnRecord() {
    assertThat(run(Map.of(), "approve", "req-1", "--as", "Zo\ufffd\ufffd")).isEqualTo(2);
    assertThat(err.toString()).contains("locale", "LC_ALL=C.UTF-8");
  }

  @Test
  void report_cannotBe_saysWhy() {
    assertThat(run(Map.of(), "report", "--month", "2026-12")).isEqualTo(2);
    assertThat(err.toString()).contains("2026-12 has not begun; it is 2026-11");
    assertThat(run(Map.of(), "report", "--by", "team,model,team")).isEqualTo(2);
    assertThat(err.toString()).contains("--by names 'team' twice");
    assertThat(run(Map.of(), "report", "--by", "team", "--budgets")).isEqualTo(2);
    assertThat(err.toString()).contains("leave one of them out");
    assertThat(run(Map.of(), "report", "--format", "xml")).isEqualTo(2);
    assertThat(err.toString()).contains("expected one of [table, csv, json]", "'xml'");
  }

  @Test
  void report_noStateDirectory_saysSoAndCreatesNone() {
    assertThat(run(Map.of(), "report")).isZero();
    assertThat(out.toString())
        .contains("Nothing.", "There is no directory " + directory.resolve("state"));
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void request_noBudgetIsConfigured_saysWhatToDo() {
    assertThat(
            run(
                Map.of(),
                "request",
                "day",
                "--amount",
                "5USD",
                "--for",
                "1h",
                "--reason",
                "launch"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("no budget 'day'", "state one under budgets.rules");
  }

  @Test
  void status_nothingConfigured_saysSoAndCreatesNothing() {
    assertThat(run(Map.of(), "status")).isZero();
    assertThat(out.toString())
        .startsWith("No budgets are configured.")
        .contains("There is no directory " + directory.resolve("state"));
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void status_json_isJson() {
    assertThat(run(Map.of(), "status", "--json")).isZero();
    assertThat(out.toString())
        .contains("\"time\" : \"2026-11-25T10:00:00Z\"", "\"budgets\" : [ ]", "\"spend\" : [ ]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "count --model gpt-4o -", "fingerprint"})
  void run_configurationError_isSaidWithItsLine(String command) throws IOException {
    assertThat(run(file("enabled: true\nlog-level: loud\n"), command.split(" "))).isEqualTo(1);
    assertThat(err.toString())
        .contains("settings.yaml:2: log-level: expected off, error, warn, info or debug");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void count_textOfAFile_hasTokensEncodingAndPrice() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "x ".repeat(1000));
    int tokens = Encodings.forModel("gpt-4o").count("x ".repeat(1000));

    assertThat(run(Map.of(), "count", "--model", "gpt-4o", text.toString())).isZero();
    assertThat(out.toString().lines())
        .startsWith("tokens    " + tokens, "encoding  o200k_base")
        .anyMatch(line -> line.endsWith(" USD as input at openai (2.5 USD per million)"));
  }

  @Test
  void count_standardInputAndProvider_useThem() {
    input = "hello world";
    assertThat(run(Map.of(), "count", "--model", "gpt-4o", "--provider", "azure", "-")).isZero();
    // two tokens at 2.50 USD a million
    assertThat(out.toString())
        .contains("tokens    2\n", "0.000005 USD as input at azure.ai.openai");
  }

  @Test
  void count_unknownModel_saysThatThePriceIsUnknown() {
    input = "hello";
    assertThat(run(Map.of(), "count", "--model", "in-house", "-")).isZero();
    assertThat(out.toString()).contains("price     unknown; state one under prices.overrides");
  }

  @Test
  void count_missingFile_isSaid() {
    String missing = directory.resolve("nowhere").toString();
    assertThat(run(Map.of(), "count", "--model", "gpt-4o", missing)).isEqualTo(1);
    assertThat(err.toString()).contains("there is no file " + missing);
  }

  @Test
  void count_directory_isSaid() {
    assertThat(run(Map.of(), "count", "--model", "gpt-4o", directory.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(directory + " cannot be read: it is a directory");
  }

  @Test
  void count_otherThanUtf8_isSaidAndNotCounted() throws IOException {
    Path file = Files.write(directory.resolve("latin1.txt"), new byte[] {'s', (byte) 0xe9});

    assertThat(run(Map.of(), "count", "--model", "gpt-4o", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(file + " is no text in UTF-8");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void count_tokenizerOfAFile_countsWithIt() throws IOException {
    Path tokenizer = Files.writeString(directory.resolve("acme.json"), TOKENIZER);
    input = "abab";
    assertThat(run(Map.of(), "count", "--tokenizer", tokenizer.toString(), "-")).isZero();
    assertThat(out.toString().lines()).containsExactly("tokens    2", "encoding  " + tokenizer);
  }

  @Test
  void count_tokenizerThatIsNotSupported_saysWhy() throws IOException {
    Path tokenizer =
        Files.writeString(directory.resolve("acme.json"), TOKENIZER.replace("BPE", "Unigram"));
    assertThat(run(Map.of(), "count", "--tokenizer", tokenizer.toString(), "-")).isEqualTo(1);
    assertThat(err.toString())
        .contains("acme.json", "$.model.type: the model type 'Unigram' is not supported");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void count_withoutModel_isUsageError() {
    assertThat(run(Map.of(), "count", "-")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required option: '--model=M'");
  }

  @Test
  void fingerprint_keyOnStandardInput_isTheOneOfThisHost() throws IOException {
    input = " " + KEY + " \nsomething else\n";
    assertThat(run(Map.of(), "fingerprint")).isZero();
    String expected = ApiKeyFingerprint.open(directory.resolve("state"), Optional.empty()).of(KEY);
    assertThat(out.toString()).isEqualTo(expected + System.lineSeparator());
    assertThat(out.toString() + err).doesNotContain("canary");
  }

  @Test
  void fingerprint_noKey_isSaid() {
    assertThat(run(Map.of(), "fingerprint")).isEqualTo(1);
    assertThat(err.toString()).contains("expected an API key on standard input");
  }

  @Test
  void doctor_fullConfiguration_saysItInWords() throws IOException {
    Map<String, String> properties =
        file(
            """
            attribution: {org: acme}
            api-key-salt: canary-salt-canary
            api-keys:
              - {fingerprint: 0123456789abcdef, team: search}
            budgets:
              max-output-tokens: {claude-: 8000}
              rules:
                - {name: all, limit: 50 USD, window: month, zone: Europe/Berlin}
                - name: search
                  match: {team: search, model: gpt-4o*}
                  per: [user]
                  limit: 2M tokens
                  window: day
                  action: observe
                - {name: burst, limit: 100k tokens, window: minute}
            prices:
              unknown-model: refuse
              overrides:
                - {provider: openai, model: mine, usd-per-million: {uncached_input: "1.5"}}
            otel:
              headers: {authorization: canary}
            """);
    assertThat(run(properties, "doctor")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("settings.yaml:1")
        .contains("budgets.rules[1]")
        .contains("tokenmeter.home", "Java  ")
        .contains("Calls are charged to org acme unless they say otherwise.")
        .contains("Calls with the API key 0123456789abcdef to team search.")
        .contains(
            "all: all calls together may cost at most 50.00 USD a calendar month (Europe/Berlin)."
                + " A call that does not fit is refused and not sent.")
        .contains(
            "search: calls with model gpt-4o* and team search, for each user apart, may use at"
                + " most 2,000,000 tokens a day (UTC). A call that does not fit is sent all the"
                + " same, and reported.")
        .contains(
            "burst: all calls together may use at most 100,000 tokens at once, refilled evenly"
                + " over a minute.")
        .contains("holds 4,096 tokens for it; 8,000 for claude-....")
        .contains("Your price for mine of openai, in USD per million tokens: uncached_input 1.5")
        .contains("A call to a model without a price is refused under a USD budget that blocks.")
        .contains("does not exist yet; the first metered program creates it")
        .doesNotContain("canary");
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void doctor_learnedTokenizers_areTold() throws IOException {
    Path state = Files.createDirectories(directory.resolve("state"));
    Calibrator calibrator = new Calibrator(state, () -> now, () -> 0);
    FactorRule rule = new FactorRule("o200k_base", new TextFactor(1.18, 0.1), 0.6, 2.4, 16);
    calibrator.factorOf("anthropic", "claude-sonnet-4-5", rule);
    for (int i = 0; i < 2_000; i++) {
      calibrator.observe(
          "anthropic", "claude-sonnet-4-5", new InputEstimate(0, 0, 10_000, 0, 0), 12_500);
    }
    calibrator.share();

    assertThat(run(file("counting: {models: {acme-: cl100k_base}}"), "doctor")).isZero();
    assertThat(out.toString())
        .contains("Models acme-... are counted with cl100k_base.")
        .contains("The counts of the last 16,384 messages and tools are remembered.")
        .containsPattern(
            "claude-sonnet-4-5 +anthropic +x1\\.2[45]\\d o200k_base +\\d\\.\\d % +\\d\\.\\d % +256");
  }

  @Test
  void doctor_countingSwitchedOff_saysSo() throws IOException {
    assertThat(run(file("counting: {learn: false, remembered-parts: 0}"), "doctor")).isZero();
    assertThat(out.toString())
        .contains("Every request is counted whole.", "Nothing is learned from the usage");
  }

  @Test
  void doctor_tokenizerFileThatIsNone_isAnError() throws IOException {
    Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");
    assertThat(run(file("counting: {models: {acme-: tokenizer.json}}"), "doctor")).isEqualTo(1);
    assertThat(out.toString())
        .contains("ERROR    models acme-... cannot be counted with " + tokenizer);
  }

  @Test
  void count_modelOfTheConfiguration_isCountedWithItsEncoding() throws IOException {
    input = "hello";
    assertThat(
            run(
                file("counting: {models: {acme-: cl100k_base}}"),
                "count",
                "--model",
                "acme-7b",
                "-"))
        .isZero();
    assertThat(out.toString()).contains("encoding  cl100k_base");
  }

  @Test
  void doctor_usableStateDirectory_isTriedAndLeftAsItWas() throws IOException {
    Path state = Files.createDirectory(directory.resolve("state"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    assertThat(run(Map.of(), "doctor")).isZero();
    assertThat(out.toString())
        .contains("ok       files can be written, locked and mapped")
        .endsWith("Everything is well." + System.lineSeparator());
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void doctor_openStateDirectory_isAWarning() throws IOException {
    Path state = Files.createDirectory(directory.resolve("state"));
    Path ledger = Files.writeString(state.resolve("ledger"), "");
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run(Map.of(), "doctor")).isZero();
    assertThat(out.toString())
        .contains("WARNING  the state directory is open to others than its owner (rwxr-xr-x)")
        .contains("WARNING  ledger is open to others than its owner (rw-r--r--)")
        .contains("0 errors, 2 warnings.");
  }

  @Test
  void doctor_sharedStateDirectory_isWellForItsGroupOnly() throws IOException {
    Path state = Files.createDirectory(directory.resolve("state"));
    String group = Files.readAttributes(state, PosixFileAttributes.class).group().getName();
    Map<String, String> settings = Map.of("tokenmeter.ledger.group", group);
    assertThat(run(settings, "doctor")).isZero();
    assertThat(out.toString()).contains("is not shared with " + group + " yet");

    StateDirectory.share(state, group);
    Path salt = Files.writeString(state.resolve("api-key-salt"), "");
    Files.setPosixFilePermissions(salt, PosixFilePermissions.fromString("rw-r-----"));
    out.getBuffer().setLength(0);
    assertThat(run(settings, "doctor")).isZero();
    assertThat(out.toString())
        .contains("ok       is shared with the group " + group)
        .endsWith("Everything is well." + System.lineSeparator());

    out.getBuffer().setLength(0);
    assertThat(run(Map.of("tokenmeter.ledger.group", "no-such-group"), "doctor")).isZero();
    assertThat(out.toString()).contains("WARNING  ").contains("there is no such group");
  }

  @Test
  void doctor_stateDirectoryIsAFile_isAnError() throws IOException {
    Files.writeString(directory.resolve("state"), "");
    assertThat(run(Map.of(), "doctor")).isEqualTo(1);
    assertThat(out.toString()).contains("ERROR    this is no directory", "1 error, 0 warnings.");
  }

  @Test
  void doctor_callLog_saysWhetherItCanBeWritten() throws IOException {
    Path calls = directory.resolve("logs/calls.jsonl");
    Map<String, String> settings = Map.of("tokenmeter.calls.file", calls.toString());

    assertThat(run(settings, "doctor")).isZero();
    Files.createSymbolicLink(
        directory.resolve("logs"), Files.createDirectory(directory.resolve("l")));
    Files.createFile(calls);
    assertThat(run(settings, "doctor")).isZero();
    Files.delete(calls);
    Files.createSymbolicLink(calls, directory.resolve("elsewhere"));
    assertThat(run(settings, "doctor")).isEqualTo(1);
    Files.delete(calls);
    Files.createDirectory(calls);
    assertThat(run(settings, "doctor")).isEqualTo(1);

    assertThat(out.toString().lines())
        .containsSubsequence(
            "Call log: " + calls,
            "  ok       does not exist yet; the first call creates it",
            "  ok       can be written",
            "  ERROR    is a symbolic link, which is not followed; name the file itself",
            "  ERROR    is a directory; name a file");
  }

  @Test
  void doctor_callLogBelowAFile_isAnError() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(
            run(Map.of("tokenmeter.calls.file", file.resolve("calls.jsonl").toString()), "doctor"))
        .isEqualTo(1);
    assertThat(out.toString()).contains("ERROR    does not exist and cannot be created in " + file);
  }

  @Test
  void doctor_brokenConfiguration_namesEveryErrorAndWhatFollows() throws IOException {
    assertThat(run(file("log-level: loud\nenabled: maybe\n"), "doctor")).isEqualTo(1);
    assertThat(out.toString())
        .contains("settings.yaml:1: log-level: expected", "settings.yaml:2: enabled: expected")
        .contains("the agent starts without budgets");
    assertThat(run(file("fail-closed: true\nenabled: maybe\n"), "doctor")).isEqualTo(1);
    assertThat(out.toString()).contains("keeps the application from starting");
  }

  @Test
  void doctor_oldPrices_areAWarning() {
    now = Instant.parse("2028-01-01T00:00:00Z");
    assertThat(run(Map.of(), "doctor")).isZero();
    assertThat(out.toString()).containsPattern("WARNING  the bundled table is of 2026-");
  }

  @Test
  void doctor_secretsInAFileForEveryone_areAWarning() throws IOException {
    Map<String, String> properties = file("api-key-salt: canary-salt-canary\n");
    Path settings = directory.resolve("settings.yaml");
    Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
    run(properties, "doctor");
    assertThat(out.toString()).contains("the file holds secrets and is open to others");
    out.getBuffer().setLength(0);
    Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-------"));
    run(properties, "doctor");
    assertThat(out.toString()).doesNotContain("the file holds secrets");
  }
}
