package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Budget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of calls that a budget cannot pay, by the rule's action. */
class ActionsTest {
  private static final String DEAR =
      """
      {"model" : "gpt-4o", "max_tokens":1000,
       "messages":[{"role":"user","content":"Say hello to the people."}]}""";
  private static final String ANSWER =
      """
      {"id":"c","model":"%s","choices":[{"index":0,"finish_reason":"stop",
       "message":{"role":"assistant","content":"Hi"}}],
       "usage":{"prompt_tokens":1000,"completion_tokens":1000,"total_tokens":2000}}""";
  private static final String GEMINI =
      "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse";

  @TempDir Path home;

  @Test
  void downgrade_rewritesTheModelAloneAndPaysForTheOneThatWasSent() {
    // 1000 tokens of output cost 0.01 USD with gpt-4o, 0.0006 USD with gpt-4o-mini.
    try (EngineFixture meter =
        rules("{name: pennies, limit: 0.005 USD, window: day, %s}", downgradeTo("gpt-4o-mini"))) {
      Exchange exchange = meter.openChat(DEAR);

      assertThat(sent(exchange)).isEqualTo(DEAR.replace("gpt-4o", "gpt-4o-mini"));
      EngineFixture.respond(exchange, 200, "application/json", ANSWER.formatted("gpt-4o-mini"));
      exchange.responseEnded();
      // 1000 x 0.15 + 1000 x 0.60 USD a million
      assertThat(meter.budget("pennies").used()).isEqualTo(750_000);
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.DOWNGRADED);
      assertThat(record.budget()).isEqualTo("pennies");
      assertThat(record.requestModel()).isEqualTo("gpt-4o");
      assertThat(record.intervention())
          .isEqualTo(new Intervention("gpt-4o-mini", null, Duration.ZERO));
      assertThat(record.cost().nanoUsd()).isEqualTo(750_000);
    }
  }

  @Test
  void downgrade_withAnAnswerThatDoesNotNameItsModel_isPricedAsWhatWasSent() {
    try (EngineFixture meter =
        rules("{name: b, limit: 0.005 USD, window: day, %s}", downgradeTo("gpt-4o-mini"))) {
      Exchange exchange = meter.openChat(DEAR);
      EngineFixture.respond(
          exchange, 200, "application/json", ANSWER.replace("\"model\":\"%s\",", ""));
      exchange.responseEnded();

      assertThat(meter.budget("b").used()).isEqualTo(750_000);
    }
  }

  @Test
  void downgrade_ofACallThatTheBudgetCanPay_isNone() {
    try (EngineFixture meter =
        rules("{name: b, limit: 5 USD, window: day, %s}", downgradeTo("gpt-4o-mini"))) {
      Exchange exchange = meter.openChat(DEAR);

      assertThat(exchange.verdict()).isEqualTo(Verdict.Admitted.UNCHANGED);
    }
  }

  @Test
  void downgrade_thatCannotBePaidEither_isRefusedAndHoldsNothing() {
    try (EngineFixture meter =
        rules("{name: b, limit: 0.0001 USD, window: day, %s}", downgradeTo("gpt-4o-mini"))) {
      assertRefused(meter.openChat(DEAR), "'b'", "0.0001 USD");
      assertThat(meter.budget("b").reserved()).isZero();
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.REFUSED);
      assertThat(record.intervention().sentModel()).isEqualTo("gpt-4o-mini");
    }
  }

  @Test
  void downgrade_byPrefix_goesDownStepByStepAndTakesTheLongestPrefix() {
    String map =
        "action: downgrade, downgrade-to: {gpt-4: gpt-4-nothing, gpt-4o: gpt-4.1-mini,"
            + " gpt-4.1-mini: gpt-4.1-nano}";
    // 1000 tokens of output: gpt-4.1-mini 0.0016 USD, gpt-4.1-nano 0.0004 USD
    try (EngineFixture meter = rules("{name: b, limit: 0.001 USD, window: day, %s}", map)) {
      assertThat(sent(meter.openChat(DEAR))).isEqualTo(DEAR.replace("gpt-4o", "gpt-4.1-nano"));
    }
  }

  @Test
  void downgrade_toAModelOfAnotherProvider_isRefused() {
    try (EngineFixture meter =
        rules(
            "{name: b, match: {model: gpt-4o}, limit: 10 tokens, window: day, %s}",
            downgradeTo("claude-haiku-4-5"))) {
      assertRefused(meter.openChat(DEAR), "'b'");
    }
  }

  @Test
  void downgrade_ofAnEmbedding_isRefused() {
    try (EngineFixture meter =
        rules(
            "{name: b, limit: 1 tokens, window: day, %s}", downgradeTo("text-embedding-3-small"))) {
      assertRefused(
          meter.open(
              "/v1/embeddings",
              "{\"model\":\"text-embedding-3-large\",\"input\":\"some words here\"}",
              Map.of()),
          "'b'");
    }
  }

  @Test
  void downgrade_isAdmittedByTheBudgetsOfTheOtherModel() {
    String rules =
        "{name: dear, match: {model: gpt-4o}, limit: 10 tokens, window: day, %s},"
            + "{name: cheap, match: {model: gpt-4o-mini}, limit: %s tokens, window: day}";
    String action = downgradeTo("gpt-4o-mini");
    try (EngineFixture meter = rules(rules, action, "2000")) {
      sent(meter.openChat(DEAR));
      assertThat(meter.budget("cheap").reserved()).isGreaterThan(1000);
      assertThat(meter.budget("dear").reserved()).isZero();
      assertRefused(meter.openChat(DEAR), "'cheap'");
      assertThat(meter.budget("dear").reserved()).isZero();
    }
  }

  @Test
  void downgrade_ofGemini_isInThePath() {
    try (EngineFixture meter =
        rules(
            "{name: b, match: {model: gemini-2.5-pro}, limit: 10 tokens, window: day, %s}",
            downgradeTo("gemini-2.5-flash"))) {
      String body = "{\"contents\":[{\"parts\":[{\"text\":\"Hello\"}]}]}";
      Exchange exchange = meter.open(GEMINI, body, Map.of());

      Verdict.Admitted admitted = (Verdict.Admitted) exchange.verdict();
      assertThat(admitted.path())
          .isEqualTo("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
      assertThat(admitted.body()).asString(UTF_8).isEqualTo(body);
    }
  }

  @Test
  void downgrade_ofACompressedRequest_isCompressedAgain() throws IOException {
    try (EngineFixture meter =
        rules("{name: b, limit: 0.005 USD, window: day, %s}", downgradeTo("gpt-4o-mini"))) {
      Exchange exchange =
          meter
              .engine
              .meter()
              .open(
                  new OutgoingCall(
                      "test",
                      "POST",
                      "localhost",
                      443,
                      EngineFixture.CHAT_PATH,
                      name -> name.equals("content-encoding") ? "gzip" : null,
                      gzip(DEAR),
                      null));

      byte[] body = ((Verdict.Admitted) exchange.verdict()).body();
      assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
          .asString(UTF_8)
          .isEqualTo(DEAR.replace("gpt-4o", "gpt-4o-mini"));
    }
  }

  @Test
  void shrink_lowersTheLimitToWhatIsLeftToTheToken() {
    try (EngineFixture meter =
        rules("{name: b, limit: 500 tokens, window: day, action: shrink, min-output: 100}")) {
      Exchange exchange = meter.openChat(DEAR);

      long input = 1000 - limitIn("b", meter, 1000);
      assertThat(meter.budget("b").remaining()).as("all of it is held").isZero();
      assertThat(sent(exchange)).isEqualTo(DEAR.replace("1000", Long.toString(500 - input)));
      EngineFixture.respond(exchange, 200, "application/json", ANSWER.formatted("gpt-4o"));
      exchange.responseEnded();
      CallRecord record = meter.recordsAtTheEnd().get(1); // behind the one that was refused
      assertThat(record.decision()).isEqualTo(Decision.SHRUNK);
      assertThat(record.intervention().maxOutputTokens()).isEqualTo(500 - input);
    }
  }

  @Test
  void shrink_whereAGrantPaysToo_lowersTheLimitToWhatBothHave() {
    try (EngineFixture meter =
        rules(
            "{name: b, limit: 300 tokens, window: day, action: shrink,"
                + " grants: [{id: g, amount: 200 tokens, effective: 2026-11-01}]}")) {
      long limit = limit(sent(meter.openChat(DEAR)));

      assertThat(meter.budget("b").remaining()).isZero();
      assertThat(meter.budget("b").reserved()).as("on the limit alone").isEqualTo(300);
      assertThat(limit).isEqualTo(limitIn("b", meter, 500));
    }
  }

  /** What is left of {@code most} tokens after the input of {@link #DEAR}. */
  private static long limitIn(String budget, EngineFixture meter, long most) {
    Exchange exchange = meter.openChat(DEAR.replace("1000", "0"));
    assertThat(exchange.verdict()).isInstanceOf(Verdict.Refused.class);
    String message = ((Verdict.Refused) exchange.verdict()).message();
    long input = Long.parseLong(message.replaceFirst(".*may need (\\d+) tokens.*", "$1"));
    return most - input;
  }

  @Test
  void shrink_countsEveryAnswerAndEveryUsd() {
    try (EngineFixture meter = rules("{name: b, limit: 0.005 USD, window: day, action: shrink}")) {
      String body = DEAR.replace("\"max_tokens\":1000", "\"max_tokens\":1000,\"n\":1");
      long one = limit(sent(meter.openChat(body)));
      Budget held = meter.budget("b");
      assertThat(held.remaining()).isBetween(0L, 9_999L); // less than one more token
      assertThat(one).isBetween(400L, 500L);
    }
    try (EngineFixture meter =
        rules("{name: b2, limit: 0.005 USD, window: day, action: shrink, min-output: 10}")) {
      String body = DEAR.replace("\"max_tokens\":1000", "\"max_tokens\":1000,\"n\":4");
      assertThat(limit(sent(meter.openChat(body)))).isBetween(100L, 125L);
    }
  }

  @Test
  void shrink_belowTheMinimum_isRefused() {
    try (EngineFixture meter =
        rules("{name: b, limit: 300 tokens, window: day, action: shrink, min-output: 299}")) {
      assertRefused(meter.openChat(DEAR), "'b'", "300 tokens");
    }
  }

  @Test
  void shrink_ofARequestWithoutALimit_writesOneIn() {
    try (EngineFixture meter = rules("{name: b, limit: 500 tokens, window: day, action: shrink}")) {
      String body = DEAR.replace("\"max_tokens\":1000,", "");
      String sent = sent(meter.openChat(body));
      assertThat(sent).startsWith("{\"max_completion_tokens\":4");
      assertThat(sent.substring(sent.indexOf(',') + 1)).isEqualTo(body.substring(1));
    }
  }

  @Test
  void shrink_ofThinkingThatWouldNotFit_isRefused() {
    try (EngineFixture meter =
        rules("{name: b, limit: 2000 tokens, window: day, action: shrink}")) {
      assertRefused(
          meter.open(
              "/v1/messages",
              """
              {"model":"claude-sonnet-4-5","max_tokens":8000,
               "thinking":{"type":"enabled","budget_tokens":2048},
               "messages":[{"role":"user","content":"Hello"}]}""",
              Map.of()),
          "'b'");
    }
  }

  @Test
  void requireApproval_refusesAndSaysHowToAsk() {
    try (EngineFixture meter =
        rules("{name: board, limit: 10 tokens, window: month, action: require-approval}")) {
      assertRefused(
          meter.openChat(DEAR),
          "needs an approval",
          "java -jar tokenmeter.jar request board",
          "only 10 tokens of 10 tokens per month are left");
      CallRecord record = meter.recordsAtTheEnd().get(0);
      assertThat(record.decision()).isEqualTo(Decision.APPROVAL_REQUIRED);
      assertThat(record.budget()).isEqualTo("board");
      assertThat(record.error()).isEqualTo("budget_exceeded");
    }
  }

  @Test
  void severalRules_whateverTheirOrder_areAllPaidByTheCallThatIsSent() {
    List<String> rules =
        List.of(
            "{name: block, limit: 0.001 USD, window: day}",
            "{name: cheaper, limit: 0.005 USD, window: day, " + downgradeTo("gpt-4o-mini") + "}",
            "{name: smaller, limit: 600 tokens, window: day, action: shrink}");
    List<List<String>> orders =
        List.of(
            rules,
            List.of(rules.get(2), rules.get(1), rules.get(0)),
            List.of(rules.get(1), rules.get(0), rules.get(2)));
    for (int i = 0; i < orders.size(); i++) {
      try (EngineFixture meter = in("order" + i, String.join(",", orders.get(i)))) {
        String sent = sent(meter.openChat(DEAR));
        assertThat(sent).contains("\"gpt-4o-mini\"");
        assertThat(limit(sent)).isBetween(500L, 600L);
        assertThat(meter.engine.budgets()).allMatch(b -> b.remaining() >= 0 && b.reserved() > 0);
      }
    }
  }

  @Test
  void severalRules_theCheaperModelGoesBeforeTheSmallerLimit() {
    // Shrunk to 490 tokens both could pay the dear model; the cheap one needs no shrinking.
    try (EngineFixture meter =
        rules(
            "{name: smaller, limit: 0.005 USD, window: day, action: shrink},"
                + "{name: cheaper, limit: 0.006 USD, window: day, %s}",
            downgradeTo("gpt-4o-mini"))) {
      assertThat(sent(meter.openChat(DEAR))).isEqualTo(DEAR.replace("gpt-4o", "gpt-4o-mini"));
    }
  }

  @Test
  void severalRules_ofWhichOneBlocks_holdNothingAnywhere() {
    try (EngineFixture meter =
        rules(
            "{name: smaller, limit: 600 tokens, window: day, action: shrink},"
                + "{name: block, limit: 20 tokens, window: day},"
                + "{name: wait, limit: 600 tokens, window: day, action: throttle}")) {
      assertRefused(meter.openChat(DEAR), "'block'");
      assertThat(meter.engine.budgets()).allMatch(b -> b.reserved() == 0);
    }
  }

  @Test
  void inject_whereAHardBudgetMatches_makesTheHoldAnUpperBound() {
    String body = DEAR.replace("\"max_tokens\":1000,", "");
    String on = "inject-max-output: true\n  default-max-output-tokens: 700\n  ";
    try (EngineFixture meter = in("a", on, "{name: b, limit: 5000 tokens, window: day}")) {
      String sent = sent(meter.openChat(body));
      assertThat(sent).isEqualTo("{\"max_completion_tokens\":700," + body.substring(1));
      assertThat(meter.budget("b").reserved()).isGreaterThan(700);
      assertThat(meter.openChat(DEAR).verdict()).isEqualTo(Verdict.Admitted.UNCHANGED);
    }
    try (EngineFixture meter =
        in("b", on, "{name: b, limit: 5000 tokens, window: day, action: observe}")) {
      assertThat(meter.openChat(body).verdict()).isEqualTo(Verdict.Admitted.UNCHANGED);
    }
    try (EngineFixture meter = in("c", "", "{name: b, limit: 5000 tokens, window: day}")) {
      assertThat(meter.openChat(body).verdict()).isEqualTo(Verdict.Admitted.UNCHANGED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/responses|{\"model\":\"m\",\"input\":\"x\"}|{\"max_output_tokens\":700,",
        "/v1/completions|{\"model\":\"m\",\"prompt\":\"x\"}|{\"max_tokens\":700,",
        "/v1beta/models/g:generateContent|{\"contents\":[]}|"
            + "{\"generationConfig\":{\"maxOutputTokens\":700},",
      })
  void inject_isInTheFieldOfEachEndpoint(String sample) {
    String[] parts = sample.split("\\|");
    try (EngineFixture meter =
        in(
            "i",
            "inject-max-output: true\n  default-max-output-tokens: 700\n  ",
            "{name: b, limit: 5000 tokens, window: day}")) {
      assertThat(sent(meter.open(parts[0], parts[1], Map.of()))).startsWith(parts[2]);
    }
  }

  @Test
  void inject_intoAnEmbedding_isNone() {
    try (EngineFixture meter =
        in("e", "inject-max-output: true\n  ", "{name: b, limit: 5000 tokens, window: day}")) {
      assertThat(
              meter.open("/v1/embeddings", "{\"model\":\"m\",\"input\":\"x\"}", Map.of()).verdict())
          .isEqualTo(Verdict.Admitted.UNCHANGED);
    }
  }

  private static String downgradeTo(String model) {
    return "action: downgrade, downgrade-to: " + model;
  }

  private static String sent(Exchange exchange) {
    assertThat(exchange.verdict()).isInstanceOf(Verdict.Admitted.class);
    byte[] body = ((Verdict.Admitted) exchange.verdict()).body();
    assertThat(body).as("the rewritten body").isNotNull();
    return new String(body, UTF_8);
  }

  private static long limit(String body) {
    return Long.parseLong(body.replaceFirst("(?s).*\"max_tokens\":(\\d+).*", "$1"));
  }

  private static void assertRefused(Exchange exchange, String... parts) {
    assertThat(exchange.verdict())
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.message()).contains(parts));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private EngineFixture rules(String rules, Object... arguments) {
    return in("home", rules.formatted(arguments));
  }

  private EngineFixture in(String directory, String rules) {
    return in(directory, "", rules);
  }

  private EngineFixture in(String directory, String settings, String rules) {
    Path at = home.resolve(directory);
    at.toFile().mkdirs();
    return new EngineFixture(at, "budgets:\n  " + settings + "rules: [" + rules + "]\n");
  }
}
