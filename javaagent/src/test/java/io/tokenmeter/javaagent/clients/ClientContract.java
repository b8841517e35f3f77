package io.tokenmeter.javaagent.clients;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for every client library under the agent. Each test lets the same program make the
 * same call twice, in a JVM without the agent and in one with it: the application must see the
 * same, byte for byte, and the meter must have one record of it.
 */
@TestInstance(PER_CLASS)
abstract class ClientContract {
  static final String ANSWER = "canary-answer-9zbe: the capital of France is Paris, on the Seine.";
  private static final Duration NO_RETRIES = Duration.ofSeconds(15);

  private final String program;
  private final String library;
  private final StubProvider stub = StubProvider.start();
  private UnrulyProvider unruly;
  private ClientProcess plain;
  private MeteredProcess metered;

  /**
   * @param program a class of the package {@code programs}
   * @param library a module of src/clients; empty for the JDK alone
   */
  ClientContract(String program, String library) {
    this.program = program;
    this.library = library;
  }

  /** Every way in which the program calls a model to the end. */
  abstract Stream<Call> calls();

  /** Calls whose stream the program closes after the first text. */
  abstract Stream<Call> closedEarly();

  /** Calls whose stream the program lets go of after the first text. */
  abstract Stream<Call> dropped();

  /** Calls that the application's own code fails before they are sent. */
  Stream<Call> failingUnsent() {
    return Stream.empty();
  }

  /** Those of {@link #calls}, or others, whose client undoes gzip. */
  abstract Stream<Call> compressed();

  /** Whether the library sends a call again after a 500, of itself. */
  abstract boolean retries(Call call);

  /** Whether the library sends again from above the seam, so that every attempt is a call. */
  boolean everyAttemptIsACall() {
    return false;
  }

  /** What the first line of a refused call starts with. */
  abstract String refusal(Call call);

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    unruly = UnrulyProvider.start();
    plain = ClientProcess.start(ClientProcess.jvm(program, library).withoutAgent());
    metered = MeteredProcess.start(ClientProcess.jvm(program, library), directory);
    warmUp(calls().findFirst().orElseThrow());
  }

  /** The first call of a JVM loads the library, which takes its time. */
  private void warmUp(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    seenAlike(call, stub.url());
    metered.calls().next();
  }

  @AfterAll
  void stop() throws IOException {
    try (StubProvider stubNow = stub;
        UnrulyProvider unrulyNow = unruly;
        ClientProcess plainNow = plain;
        MeteredProcess meteredNow = metered) {
      meteredNow.assertNothingHeld();
      assertThat(meteredNow.charged()).as("charged").isEqualTo(meteredNow.logged());
      ForkedJvm.Result printed = meteredNow.finish();
      meteredNow.calls().assertNoMore();
      assertThat(printed.stdout()).isEmpty();
      Canaries.assertNoneIn(meteredNow.directory(), printed.stderr());
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("calls")
  void call_answered_isSeenUnchangedAndRecordedOnceWithItsUsage(Call call) {
    Tokens tokens = call.kind().tokens();
    stub.script(Reply.answer(ANSWER, tokens));

    seenAlike(call, stub.url());

    assertThat(stub.requests()).as("requests of both").hasSize(2);
    JsonNode entry = metered.calls().next();
    assertNamed(entry, call);
    assertThat(entry.path("decision").asText()).isEqualTo("admitted");
    assertThat(entry.path("http_status").asInt()).isEqualTo(200);
    assertThat(entry.path("error").textValue()).as("error").isNull();
    assertThat(entry.path("attribution").path("team").asText()).isEqualTo("search");
    assertThat(entry.path("estimated_input_tokens").asLong()).isPositive();
    if (call.usageReported()) {
      assertReported(entry, tokens);
    } else {
      assertCounted(entry, call);
    }
  }

  Stream<Call> callsOnVirtualThreads() {
    return ForkedJvm.hasVirtualThreads()
        ? calls()
            .map(c -> new Call("virtual-" + c.mode(), c.kind(), c.streaming(), c.usageReported()))
        : Stream.empty();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("callsOnVirtualThreads")
  void call_onVirtualThread_isSeenUnchangedAndRecordedOnceWithItsUsage(Call call) {
    call_answered_isSeenUnchangedAndRecordedOnceWithItsUsage(call);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("compressed")
  void call_compressed_isSeenUnchangedAndRecordedWithItsUsage(Call call) {
    Tokens tokens = call.kind().tokens();
    stub.script(Reply.answer(ANSWER, tokens).compressed());

    seenAlike(call, stub.url());

    JsonNode entry = metered.calls().next();
    if (call.usageReported()) {
      assertReported(entry, tokens);
    } else {
      assertCounted(entry, call);
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("calls")
  void call_beyondItsBudget_isRefusedWithTheClientsOwnErrorAndNotSent(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));
    Instant start = Instant.now();

    List<String> seen = metered.process().call(call.mode(), call.kind().dearModel, stub.url());

    assertThat(Duration.between(start, Instant.now())).isLessThan(NO_RETRIES);
    assertThat(stub.requests()).as("requests that reached the provider").isEmpty();
    assertThat(seen.get(0)).startsWith(refusal(call));
    assertThat(String.join("\n", seen))
        .contains(MeteredProcess.smallBudget(call.kind().dearModel))
        .contains(MeteredProcess.SMALL_LIMIT + " tokens")
        .containsIgnoringCase("left")
        .containsIgnoringCase("reset");
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("decision").asText()).isEqualTo("refused");
    assertThat(entry.path("budget").asText())
        .isEqualTo(MeteredProcess.smallBudget(call.kind().dearModel));
    assertThat(entry.path("request_model").asText()).isEqualTo(call.kind().dearModel);
    assertThat(entry.path("input_tokens").isNull()).as("nothing was used").isTrue();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("retried")
  void call_failedOnceAndRetriedByTheClient_isRecordedOnce(Call call) {
    stub.script(
        Reply.failure(500, "once"),
        Reply.answer(ANSWER, call.kind().tokens()),
        Reply.failure(500, "once"),
        Reply.answer(ANSWER, call.kind().tokens()));

    seenAlike(call, stub.url());

    assertThat(stub.requests()).as("two requests a call").hasSize(4);
    JsonNode entry = lastRecord(stub.requests().size());
    assertThat(entry.path("http_status").asInt()).isEqualTo(200);
    assertThat(entry.path("decision").asText()).isEqualTo("admitted");
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("calls")
  void call_rejectedByTheProvider_isSeenUnchangedAndCostsNothing(Call call) {
    stub.script(Reply.failure(400, "no such thing"));

    List<String> seen = bothSee(call, stub.url());

    assertThat(String.join("\n", seen)).contains("no such thing");
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("http_status").asInt()).isEqualTo(400);
    assertThat(entry.path("error").textValue()).as("error").isNotEmpty();
    assertThat(entry.path("output_tokens").asLong()).isZero();
    metered.assertNothingHeld();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("failingUnsent")
  void call_failedBeforeItWasSent_isRecordedAndCostsNothing(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    List<String> seen = bothSee(call, stub.url());

    assertThat(seen.get(0)).startsWith("exception=");
    assertThat(stub.requests()).isEmpty();
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("error").asText()).isEqualTo("java.io.IOException");
    assertThat(entry.path("input_tokens").isNull()).as("nothing was used").isTrue();
    metered.assertNothingHeld();
  }

  Stream<Call> streams() {
    return calls().filter(Call::streaming);
  }

  Stream<Call> onePlain() {
    return calls().filter(call -> !call.streaming()).limit(1);
  }

  Stream<Call> retried() {
    return Stream.concat(oneOfEach(), oneAsync()).filter(this::retries);
  }

  /** A client sends it again on a thread of its own. */
  private Stream<Call> oneAsync() {
    return calls().filter(call -> call.mode().endsWith("-async")).limit(1);
  }

  Stream<Call> oneOfEach() {
    return Stream.concat(onePlain(), streams().limit(1));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("streams")
  void stream_brokenOffInTheMiddle_failsAsWithoutTheAgentAndIsRecordedOnce(Call call) {
    unruly.breakOffAfter(4, Reply.answer(ANSWER, call.kind().tokens()));

    List<String> expected = plain.call(call.mode(), call.kind().model, unruly.url());
    List<String> seen = metered.process().call(call.mode(), call.kind().model, unruly.url());

    // How much of what came is delivered before the failure is a race inside the JDK's client.
    assertThat(exceptions(seen)).isNotEmpty().isEqualTo(exceptions(expected));
    JsonNode entry = metered.calls().next();
    assertThat(entry.path("error").textValue()).as("error").isNotEmpty();
    assertThat(entry.path("output_tokens").asLong()).isBetween(0L, call.kind().tokens().output());
    metered.assertNothingHeld();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("closedEarly")
  void stream_closedEarly_isSettledOnceFromWhatCame(Call call) {
    stub.script(Reply.answer(ANSWER, call.kind().tokens()));

    seenAlike(call, stub.url());

    assertAbandoned(metered.calls().next(), call);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("closedEarly")
  void stream_thatNeverEnds_passesByUntilItIsClosed(Call call) {
    unruly.neverEnd(Reply.answer(ANSWER, call.kind().tokens()));

    seenAlike(call, unruly.url());

    assertAbandoned(metered.calls().next(), call);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("dropped")
  void stream_droppedWithoutClosing_isSettledOnceFromWhatCame(Call call) {
    unruly.neverEnd(Reply.answer(ANSWER, call.kind().tokens()));

    seenAlike(call, unruly.url());

    assertAbandoned(metered.calls().next(metered.process()::collectGarbage), call);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("oneOfEach")
  void connection_resetBeforeTheAnswer_failsAsWithoutTheAgentAndIsRecordedOnce(Call call) {
    stub.script(Reply.reset());

    List<String> seen = bothSee(call, stub.url());

    assertThat(seen.get(0)).startsWith("exception=");
    JsonNode entry = lastRecord(stub.requests().size());
    assertThat(entry.path("error").textValue()).as("error").isNotEmpty();
    assertThat(entry.path("input_tokens").asLong()).as("may have been billed").isPositive();
    metered.assertNothingHeld();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("oneOfEach")
  void body_thatIsNotJson_isSeenAsWithoutTheAgent(Call call) {
    unruly.say("application/json", "<html>It works!</html>\n");

    bothSee(call, unruly.url());

    assertThat(lastRecord(unruly.requests()).path("http_status").asInt()).isEqualTo(200);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("onePlain")
  void body_ofFiftyMegabytes_isSeenAsWithoutTheAgentAndRecordedWithItsUsage(Call call) {
    unruly.blowUp(50, Reply.answer(ANSWER, call.kind().tokens()));

    bothSee(call, unruly.url());

    assertReported(metered.calls().next(), call.kind().tokens());
  }

  /** Both processes see the same, and it is the stub's answer. */
  private void seenAlike(Call call, String url) {
    List<String> seen = bothSee(call, url);
    assertThat(String.join("", seen)).as("what the application saw").contains(expectation(call));
  }

  private static String expectation(Call call) {
    return call.kind().isEmbedding() ? "0.25, -0.5, 0.125" : "canary-answer";
  }

  private List<String> bothSee(Call call, String url) {
    List<String> expected = plain.call(call.mode(), call.kind().model, url);
    List<String> seen = metered.process().call(call.mode(), call.kind().model, url);
    assertThat(seen).as("what the application saw under the agent").isEqualTo(expected);
    return seen;
  }

  /** Of a call that was sent several times; half of the requests are the other process's. */
  private JsonNode lastRecord(int requests) {
    int records = everyAttemptIsACall() ? requests / 2 : 1;
    return metered.calls().next(records).get(records - 1);
  }

  private static List<String> exceptions(List<String> seen) {
    return seen.stream().filter(line -> line.startsWith("exception=")).toList();
  }

  private static void assertNamed(JsonNode entry, Call call) {
    assertThat(entry.path("provider").asText()).isEqualTo(call.kind().provider);
    assertThat(entry.path("operation").asText()).isEqualTo(call.kind().operation);
    assertThat(entry.path("request_model").asText()).isEqualTo(call.kind().model);
    assertThat(entry.path("response_model").textValue()).isEqualTo(call.kind().responseModel());
    assertThat(entry.path("streaming").asBoolean()).isEqualTo(call.streaming());
  }

  private static void assertReported(JsonNode entry, Tokens tokens) {
    assertThat(entry.path("usage_source").asText()).isEqualTo("provider");
    assertThat(entry.path("input_tokens").asLong()).isEqualTo(tokens.input());
    assertThat(entry.path("cache_read_tokens").asLong()).isEqualTo(tokens.cacheRead());
    assertThat(entry.path("cache_write_tokens").asLong()).isEqualTo(tokens.cacheWrite());
    assertThat(entry.path("output_tokens").asLong()).isEqualTo(tokens.output());
    assertThat(entry.path("reasoning_tokens").asLong()).isEqualTo(tokens.reasoning());
  }

  private static void assertCounted(JsonNode entry, Call call) {
    assertThat(entry.path("usage_source").asText()).isEqualTo("local");
    assertThat(entry.path("input_tokens").asLong())
        .isEqualTo(entry.path("estimated_input_tokens").asLong());
    if (call.kind().isEmbedding()) {
      assertThat(entry.path("output_tokens").asLong()).isZero();
    } else {
      assertThat(entry.path("output_tokens").asLong()).isBetween(12L, 40L);
    }
  }

  private void assertAbandoned(JsonNode entry, Call call) {
    assertNamed(entry, call);
    assertThat(entry.path("decision").asText()).isEqualTo("admitted");
    assertThat(entry.path("input_tokens").asLong()).isPositive();
    assertThat(entry.path("output_tokens").asLong()).isPositive();
    metered.assertNothingHeld();
  }
}
