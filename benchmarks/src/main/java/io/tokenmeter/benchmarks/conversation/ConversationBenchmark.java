package io.tokenmeter.benchmarks.conversation;

import com.sun.management.ThreadMXBean;
import io.tokenmeter.benchmarks.Arguments;
import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.Samples;
import io.tokenmeter.benchmarks.Table;
import io.tokenmeter.benchmarks.UsageException;
import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.Dialects;
import io.tokenmeter.providers.LlmRequest;
import io.tokenmeter.tokenizers.Calibration;
import io.tokenmeter.tokenizers.CountingRules;
import io.tokenmeter.tokenizers.ModelEncodings;
import io.tokenmeter.tokenizers.RequestCounters;
import io.tokenmeter.tokenizers.RequestMemory;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * From a request's bytes to its tokens: the 51st turn of a conversation whose first 50 were
 * counted, beside the same turn counted whole. Both in turns on one thread; every round is another
 * conversation.
 */
public final class ConversationBenchmark {
  private static final int TURN = 51;
  private static final int DEFAULT_ROUNDS = 400;
  private static final int MAX_ROUNDS = 100_000;

  /** Rounds before those that count, as a share of them: the code is compiled then. */
  private static final int WARM_UP_SHARE = 2;

  private final int rounds;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ConversationBenchmark(int rounds) {
    this.rounds = rounds;
  }

  /** Reads the options. */
  public static ConversationBenchmark parse(List<String> options) throws UsageException {
    Arguments arguments = Arguments.parse(options, Set.of("--rounds"));
    return new ConversationBenchmark(arguments.count("--rounds", DEFAULT_ROUNDS, MAX_ROUNDS));
  }

  /** One measured request. */
  private record Cost(double micros, double bytes, long tokens) {}

  /** What a round took: the turn after those that are remembered, and the same one whole. */
  private record Round(Cost next, Cost whole) {}

  /**
   * Measures and prints.
   *
   * @throws BenchmarkException if a remembered conversation is counted differently
   */
  public void run(PrintStream out) throws BenchmarkException {
    Table table =
        new Table("turn " + TURN, "next turn, us", "whole, us", "ratio", "bytes", "whole, bytes");
    double worst = 0;
    double worstMicros = 0;
    for (Endpoint endpoint : Endpoint.values()) {
      Round[] measured = measure(endpoint);
      double next = median(measured, true);
      double whole = median(measured, false);
      double ratio = ratio(measured);
      worst = Math.max(worst, ratio);
      worstMicros = Math.max(worstMicros, next);
      table.row(
          endpoint.label(),
          number(next),
          number(whole),
          "%.3f".formatted(ratio),
          number(bytes(measured, true)),
          number(bytes(measured, false)));
    }
    out.print(table);
    out.printf(Locale.ROOT, "turn51_ratio=%.3f turn51_us=%.1f%n", worst, worstMicros);
  }

  private Round[] measure(Endpoint endpoint) throws BenchmarkException {
    RequestCounters remembering =
        new RequestCounters(
            ModelEncodings.builtIn(),
            CountingRules.builtIn(),
            RequestMemory.ofParts(16_384),
            Calibration.NONE);
    Round[] measured = new Round[rounds];
    for (int round = -rounds / WARM_UP_SHARE; round < rounds; round++) {
      Conversation conversation = new Conversation(endpoint, 1_000_000L + round);
      for (int turn = 1; turn < TURN - 1; turn++) {
        conversation.nextTurn();
      }
      cost(endpoint, conversation.body(), remembering);
      conversation.nextTurn();
      byte[] body = conversation.body();
      Cost first = cost(endpoint, body, round % 2 == 0 ? remembering : RequestCounters.builtIn());
      Cost second = cost(endpoint, body, round % 2 == 0 ? RequestCounters.builtIn() : remembering);
      Round result = round % 2 == 0 ? new Round(first, second) : new Round(second, first);
      if (result.next().tokens() != result.whole().tokens()) {
        throw new BenchmarkException(
            "the remembered conversation has %d tokens, the whole one %d"
                .formatted(result.next().tokens(), result.whole().tokens()));
      }
      if (round >= 0) {
        measured[round] = result;
      }
    }
    return measured;
  }

  private Cost cost(Endpoint endpoint, byte[] body, RequestCounters counters)
      throws BenchmarkException {
    Dialect dialect = Dialects.find("POST", "localhost", endpoint.path());
    long thread = Thread.currentThread().getId();
    long bytes = threads.getThreadAllocatedBytes(thread);
    long start = System.nanoTime();
    LlmRequest request =
        dialect == null ? null : dialect.readRequest(endpoint.path(), body, counters);
    long tokens =
        request == null
            ? -1
            : counters
                .forModel(request.provider(), request.model())
                .count(request.prompt())
                .tokens();
    long nanos = System.nanoTime() - start;
    if (tokens < 0) {
      throw new BenchmarkException("the request of " + endpoint.label() + " is not understood");
    }
    return new Cost(nanos / 1e3, threads.getThreadAllocatedBytes(thread) - bytes, tokens);
  }

  private static double median(Round[] rounds, boolean next) {
    return median(rounds, round -> (next ? round.next() : round.whole()).micros());
  }

  private static double bytes(Round[] rounds, boolean next) {
    return median(rounds, round -> (next ? round.next() : round.whole()).bytes());
  }

  /** Of the rounds' own ratios: what the machine does meanwhile hits both sides of one alike. */
  private static double ratio(Round[] rounds) {
    return median(rounds, round -> round.next().micros() / round.whole().micros());
  }

  private static double median(Round[] rounds, ToDoubleFunction<Round> figure) {
    return Samples.of(Arrays.stream(rounds).mapToDouble(figure).toArray()).median();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }
}
