package io.tokenmeter.javaagent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.fasterxml.jackson.databind.JsonNode;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.stub.Reply;
import io.tokenmeter.stub.StubProvider;
import io.tokenmeter.stub.Tokens;
import io.tokenmeter.stub.UnrulyProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of a client library's calls that a budget cannot pay. Each model name has budgets of
 * its own, by the name's beginning; what a JVM without the agent sends is what ours is compared to.
 */
@TestInstance(PER_CLASS)
abstract class ActionsContract {
  private static final String ANSWER = "canary-answer-9zbe: Paris, on the Seine.";

  /** Words for a stream that outgrows every budget here. */
  private static final String LONG_ANSWER = (ANSWER + " ").repeat(300);

  /** Gemini and Anthropic report the input while they stream; it is to be what was held for it. */
  private static final Tokens LITTLE_INPUT = new Tokens(20, 0, 0, 321, 0);

  private static final Duration SOON = Duration.ofSeconds(8);

  private static final String BUDGETS =
      """
          - {name: dear, match: {model: dear-*}, per: [model], limit: 3 tokens, window: day,
             action: downgrade, downgrade-to: {dear-: cheap-model}}
          - {name: small, match: {model: small-*}, per: [model], limit: 300 tokens, window: day,
             action: shrink, min-output: 20}
          - {name: board, match: {model: board-*}, limit: 3 tokens, window: day,
             action: require-approval}
          - {name: slow, match: {model: slow-*}, per: [model], limit: 60000 tokens, window: minute,
             action: throttle, max-wait: 30s}
          - {name: stuck, match: {model: stuck-*}, per: [model], limit: 60000 tokens, window: minute,
             action: throttle, max-wait: 60s}
          - {name: hopeless, match: {model: hopeless-*}, limit: 3 tokens, window: day,
             action: throttle, max-wait: 30s}
          - {name: cut, match: {model: cut-*}, per: [model], limit: 1000 tokens, window: day,
             cutoff: true}
        inject-max-output: true
      """;

  private final String program;
  private final String library;
  private final StubProvider stub = StubProvider.start();
  private final AtomicInteger models = new AtomicInteger();
  private UnrulyProvider unruly;
  private ClientProcess plain;
  MeteredProcess metered;

  ActionsContract(String program, String library) {
    this.program = program;
    this.library = library;
  }

  /** Ways in which the program calls a model for one answer. */
  abstract Stream<Call> calls();

  /** Ways in which it has the answer streamed. */
  abstract Stream<Call> streams();

  /** Of the streams, or others, those whose client undoes gzip. */
  Stream<Call> compressedStreams() {
    return Stream.empty();
  }

  /** Modes that are interrupted while they wait, with what the application sees then. */
  abstract Stream<Call> interrupted();

  /** Modes that are cancelled while they wait. */
  Stream<Call> cancelled() {
    return Stream.empty();
  }

  /** Asynchronous modes that say whether the caller was kept waiting. */
  Stream<Call> pending() {
    return Stream.empty();
  }

  final Stream<Call> all() {
    return Stream.concat(calls(), streams());
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    unruly = UnrulyProvider.start();
    plain = ClientProcess.start(ClientProcess.jvm(program, library).withoutAgent());
    metered = MeteredProcess.start(ClientProcess.jvm(program, library), directory, BUDGETS);
  }

  @AfterAll
  void stop() throws IOException {
    try (StubProvider stubNow = stub;
        UnrulyProvider unrulyNow = unruly;
        ClientProcess plainNow = plain;
        MeteredProcess meteredNow = metered) {
      await().atMost(SOON).untilAsserted(meteredNow::assertNothingHeld);
      ForkedJvm.Result printed = meteredNow.finish();
      meteredNow.calls().assertNoMore();
      assertThat(printed.stdout()).isEmpty();
      Canaries.assertNoneIn(meteredNow.directory(), printed.stderr());
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("all")
  void downgrade_sendsTheCheaperModelAndNothingElseChanges(Call call) {
    String model = model("dear-");
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    String asked = sentByPlain(call, model);
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(String.join("", seen)).contains("canary-answer");
    assertThat(stub.requests()).hasSize(1);
    assertThat(stub.requests().get(0).model()).isEqualTo("cheap-model");
    assertThat(stub.requests().get(0).text()).isEqualTo(asked.replace(model, "cheap-model"));
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("decision").asText()).isEqualTo("downgraded");
    assertThat(entry.path("budget").asText()).isEqualTo("dear");
    assertThat(entry.path("request_model").asText()).isEqualTo(model);
    assertThat(entry.path("sent_model").asText()).isEqualTo("cheap-model");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("all")
  void shrink_sendsTheSmallerLimitAndNothingElseChanges(Call call) {
    String model = model("small-");
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    String asked = sentByPlain(call, model);
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    metered.process().call(call.mode(), model, stub.url());

    JsonNode entry = metered.calls().next();
    long limit = entry.path("set_max_output_tokens").asLong();
    assertThat(limit).isBetween(150L, 290L);
    assertThat(asked).containsOnlyOnce("400");
    assertThat(stub.requests()).hasSize(1);
    assertThat(stub.requests().get(0).text()).isEqualTo(asked.replace("400", Long.toString(limit)));
    assertThat(entry.path("decision").asText()).isEqualTo("shrunk");
    assertThat(entry.path("sent_model").isNull()).isTrue();
  }

  private String sentByPlain(Call call, String model) {
    plain.call(call.mode(), model, stub.url());
    return stub.requests().get(0).text();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("all")
  void requireApproval_saysHowToAskAndSendsNothing(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    List<String> seen = metered.process().call(call.mode(), model("board-"), stub.url());

    assertThat(String.join("", seen)).contains("java -jar tokenmeter.jar request board");
    assertThat(stub.requests()).isEmpty();
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("approval_required");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("all")
  void throttle_waitsForTheBucketAndThenSendsTheCallAsItIs(Call call) {
    String model = model("slow-");
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    String asked = sentByPlain(call, model);
    // A debt of half a second or so.
    emptyBucket(call, model, 60_400);
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(String.join("", seen)).contains("canary-answer");
    assertThat(stub.requests()).hasSize(1);
    assertThat(stub.requests().get(0).text()).isEqualTo(asked);
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("decision").asText()).isEqualTo("throttled");
    assertThat(entry.path("budget").asText()).isEqualTo("slow");
    assertThat(entry.path("waited_ms").asLong()).isBetween(1L, 20_000L);
    assertThat(entry.path("sent_model").isNull()).isTrue();
  }

  /** Has a first call use so many tokens. */
  private void emptyBucket(Call call, String model, long tokens) {
    stub.script(Reply.answer(ANSWER, new Tokens(tokens, 0, 0, 10, 0)));
    Call first =
        call.usageReported()
            ? call
            : calls().filter(other -> other.kind() == call.kind()).findFirst().orElseThrow();
    metered.process().call(first.mode(), model, stub.url());
    metered.calls().next();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("all")
  void throttle_thatWouldNotHelp_isRefusedAtOnce(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    Instant start = Instant.now();

    List<String> seen = metered.process().call(call.mode(), model("hopeless-"), stub.url());

    assertThat(Duration.between(start, Instant.now())).isLessThan(SOON);
    assertThat(String.join("", seen)).contains("waiting 30 s would not help");
    assertThat(stub.requests()).isEmpty();
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("refused");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("interrupted")
  void throttle_interrupted_endsAsTheClientsOwnCallWouldAndSendsNothing(Call call) {
    String model = model("stuck-");
    Call first = calls().filter(other -> other.kind() == call.kind()).findFirst().orElseThrow();
    emptyBucket(first, model, 90_000); // half a minute's worth of debt
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    Instant start = Instant.now();

    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(Duration.between(start, Instant.now())).isLessThan(SOON);
    assertThat(seen).containsExactly(interruption());
    assertThat(stub.requests()).isEmpty();
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("given_up");
    metered.assertNothingHeld();
  }

  /** What an interrupted call sees. */
  abstract String interruption();

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("cancelled")
  void throttle_cancelled_leavesTheLineAndSendsNothing(Call call) {
    String model = model("stuck-");
    Call first = calls().filter(other -> other.kind() == call.kind()).findFirst().orElseThrow();
    emptyBucket(first, model, 90_000);
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(seen.get(0)).startsWith("cancelled=");
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("given_up");
    assertThat(stub.requests()).isEmpty();
    metered.assertNothingHeld();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("pending")
  void throttle_ofAnAsynchronousCall_keepsNobodyWaiting(Call call) {
    String model = model("slow-");
    Call first = calls().filter(other -> other.kind() == call.kind()).findFirst().orElseThrow();
    emptyBucket(first, model, 61_000);
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(seen.get(0)).isEqualTo("pending=true");
    assertThat(String.join("", seen)).contains("canary-answer");
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("throttled");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("streams")
  void cutoff_ofAStreamThatNeverEnds_endsItAsTheProviderWouldAndClosesTheConnection(Call call) {
    unruly.neverEnd(Reply.answer(ANSWER, LITTLE_INPUT));
    int leftBefore = unruly.left();

    List<String> seen = metered.process().call(call.mode(), model("cut-"), unruly.url());

    assertCutOff(seen);
    await().atMost(SOON).until(() -> unruly.left() > leftBefore);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("streams")
  void cutoff_ofALongStream_endsItAsTheProviderWould(Call call) {
    stub.script(Reply.answer(LONG_ANSWER, LITTLE_INPUT));

    assertCutOff(metered.process().call(call.mode(), model("cut-"), stub.url()));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("compressedStreams")
  void cutoff_ofACompressedStream_endsItAsTheProviderWould(Call call) {
    stub.script(Reply.answer(LONG_ANSWER, LITTLE_INPUT).compressed());

    assertCutOff(metered.process().call(call.mode(), model("cut-"), stub.url()));
  }

  private void assertCutOff(List<String> seen) {
    String all = String.join("\n", seen);
    assertThat(all).doesNotContain("exception=").contains("canary-answer");
    assertThat(all).containsIgnoringCase(all.contains("finish=") ? ending() : rawEnding(all));
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("decision").asText()).isEqualTo("cut_off");
    assertThat(entry.path("budget").asText()).isEqualTo("cut");
    assertThat(entry.path("usage_source").asText()).isEqualTo("local");
    assertThat(entry.path("error").isNull()).isTrue();
    assertThat(entry.path("input_tokens").asLong() + entry.path("output_tokens").asLong())
        .isBetween(900L, 1300L);
    metered.assertNothingHeld();
  }

  /** The library's word for an answer that met its limit. */
  abstract String ending();

  private static String rawEnding(String all) {
    return all.contains("message_stop")
        ? "max_tokens"
        : all.contains("[DONE]") ? "\"finish_reason\":\"length\"" : "MAX_TOKENS";
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("streams")
  void cutoff_ofAStreamThatTheBudgetCanPay_isNone(Call call) {
    String model = model("cut-");
    stub.script(Reply.answer(ANSWER, new Tokens(20, 0, 0, 10, 0)));

    List<String> expected = plain.call(call.mode(), model, stub.url());
    List<String> seen = metered.process().call(call.mode(), model, stub.url());

    assertThat(seen).isEqualTo(expected);
    assertThat(metered.calls().next().path("decision").asText()).isEqualTo("admitted");
  }

  final String model(String prefix) {
    return prefix + models.incrementAndGet();
  }

  final StubProvider stub() {
    return stub;
  }
}
