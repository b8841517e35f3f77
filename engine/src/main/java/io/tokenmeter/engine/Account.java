package io.tokenmeter.engine;

import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.budgets.Admission;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.StreamCutter;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.StreamCounter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one call holds and what it will be charged. Its owner ({@link Exchange}, or an API
 * reservation) closes it exactly once; until then it is used by one thread at a time.
 */
final class Account {

  /**
   * What is known of a call before it is sent.
   *
   * @param input null if the request was not understood
   * @param requestBytes how long its body is
   */
  record Call(
      String seam,
      String provider,
      String operation,
      String model,
      boolean streaming,
      String serverAddress,
      int serverPort,
      Map<String, String> attribution,
      @Nullable InputCount input,
      int requestBytes,
      Instant start,
      long startTicks,
      List<RecordDispatcher.Capture> captured) {}

  /** What a call holds, in both units. */
  record Held(Admission.@Nullable Hold hold, long tokens, long nanoUsd) {
    static final Held NOTHING = new Held(null, 0, 0);

    void release() {
      if (hold != null) {
        hold.release();
      }
    }
  }

  /** A hold is given back after an hour, unless it is extended. */
  private static final long EXTENDS_EVERY_NANOS = Duration.ofMinutes(10).toNanos();

  private final Call call;
  private final Decision decision;
  private final @Nullable String budget;
  private final Held held;
  private final Books books;
  private final PassedOutput output;
  private final Intervention intervention;
  private final @Nullable StreamGrowth growth;
  private final @Nullable StreamCutter cutter;

  private @Nullable Duration timeToFirstChunk;
  private long endTicks;
  private long extendedAt;

  /** An account that neither changes its call nor grows with it. */
  Account(
      Call call,
      Decision decision,
      @Nullable String budget,
      Held held,
      Books books,
      Supplier<StreamCounter> outputCounters) {
    this(call, decision, budget, held, books, outputCounters, Intervention.NONE, null, null);
  }

  /**
   * @param growth for a stream that may outgrow what it holds
   * @param cutter for a stream that may be ended early
   */
  Account(
      Call call,
      Decision decision,
      @Nullable String budget,
      Held held,
      Books books,
      Supplier<StreamCounter> outputCounters,
      Intervention intervention,
      @Nullable StreamGrowth growth,
      @Nullable StreamCutter cutter) {
    this.extendedAt = call.startTicks();
    this.intervention = intervention;
    this.growth = growth;
    this.cutter = cutter;
    this.call = call;
    this.decision = decision;
    this.budget = budget;
    this.held = held;
    this.books = books;
    this.output = new PassedOutput(outputCounters);
  }

  /** Bytes of the answer have arrived: the call goes on, and so must its hold. */
  void goesOn() {
    long now = books.ticks();
    if (now - extendedAt >= EXTENDS_EVERY_NANOS && held.hold() != null) {
      extendedAt = now;
      held.hold().extend();
    }
  }

  /** A piece of the model's output has passed. */
  void outputArrived(CharSequence piece) {
    if (!output.hasBegun() && call.streaming()) {
      timeToFirstChunk = Books.between(call.startTicks(), books.ticks());
    }
    output.add(piece);
    if (growth != null && output.mostTokens() >= growth.covered()) {
      growth.reached(output.tokens());
    }
  }

  /** Watches the stream, if a budget may end it. */
  @Nullable StreamCutter cutter() {
    return cutter;
  }

  /** Whether no budget pays for more of the stream. */
  boolean mustEnd() {
    return growth != null && growth.cutBy() != null;
  }

  /** What the call has used so far, counted here where the provider has not said. */
  Usage usageSoFar(ResponseFacts facts) {
    return countedLocally(facts.usage());
  }

  /**
   * Whether no budget waits for what the call used: closing then has time, and so has whatever
   * closing needs to know.
   */
  boolean holdsNothing() {
    return held.hold() == null;
  }

  /** Whether the response's text is of no interest before the account is closed. */
  boolean canReadLater() {
    return holdsNothing() && (output.hasBegun() || !call.streaming());
  }

  /** The call has ended now, whenever it is closed. */
  void ended() {
    endTicks = books.ticks();
  }

  /**
   * Has the meter's thread close the account.
   *
   * @param closing ends in {@link #close}
   * @param bytes of the response that wait with it unread
   * @return false if that is not possible: close it now
   */
  boolean closeLater(Runnable closing, int bytes) {
    InputCount input = call.input();
    long promptBytes = input == null || input.isCounted() ? 0 : call.requestBytes();
    return holdsNothing() && books.defer(closing, promptBytes + output.bytesAside() + bytes);
  }

  /** Charges the call and writes its record, after it has {@linkplain #ended() ended}. */
  void close(
      Exchange.Ending ending, int httpStatus, @Nullable ResponseFacts facts, boolean unreadable) {
    if (ending.kind() == Exchange.Ending.Kind.NOT_SENT) {
      release();
      return;
    }
    if (call.model().isEmpty() && (facts == null || facts.usage() == null)) {
      release(); // neither the request nor the response looked like a call to a model
      return;
    }
    Charge charge = Charge.of(ending, httpStatus, facts, unreadable, this::countedLocally);
    Cost cost = settle(charge, facts == null ? null : facts.model());
    books.record(
        record(
            httpStatus,
            error(ending, httpStatus, facts),
            facts == null ? NO_FACTS : facts,
            charge,
            cost,
            ending.kind() == Exchange.Ending.Kind.CUT),
        call.captured());
  }

  /** Charges a usage that the application stated. */
  void close(Usage usage) {
    ended();
    Charge charge = Charge.reported(usage);
    Cost cost = settle(charge, null);
    books.record(record(0, null, NO_FACTS, charge, cost, false), call.captured());
  }

  /** Charges what is held, where closing has failed before it charged anything. Acts once. */
  void chargeHold() {
    if (held.hold() != null) {
      held.hold().settle(held.tokens(), held.nanoUsd());
    }
  }

  /** Gives back what is held; nothing was used. */
  void release() {
    held.release();
  }

  /** Writes the record of a call that was refused. */
  void refused() {
    ended();
    books.record(
        record(0, "budget_exceeded", NO_FACTS, Charge.NOTHING, null, false), call.captured());
  }

  /** Writes the record of a call that the application gave up while it waited. */
  void givenUp(long endTicks) {
    this.endTicks = endTicks;
    books.record(record(0, "abandoned", NO_FACTS, Charge.NOTHING, null, false), call.captured());
  }

  private Usage countedLocally(@Nullable Usage reported) {
    return Charge.countedLocally(reported, inputEstimate(), output.tokens());
  }

  private @Nullable InputEstimate inputEstimate() {
    InputCount input = call.input();
    return input == null ? null : input.estimate();
  }

  private @Nullable Cost settle(Charge charge, @Nullable String responseModel) {
    Usage usage = charge.usage();
    if (usage == null) {
      if (charge.wholeHold()) {
        chargeHold();
      } else {
        release();
      }
      return null;
    }
    String sent = intervention.sentModel() == null ? call.model() : intervention.sentModel();
    Cost cost = books.cost(call.provider(), responseModel, sent, usage, call.start());
    long nanoUsd =
        cost != null ? cost.nanoUsd() : books.unpriced(call.provider(), usage, call.start());
    if (held.hold() != null) {
      held.hold().settle(usage.totalTokens(), nanoUsd);
    }
    return cost;
  }

  private CallRecord record(
      int httpStatus,
      @Nullable String error,
      ResponseFacts facts,
      Charge charge,
      @Nullable Cost cost,
      boolean cut) {
    return new CallRecord(
        call.start(),
        Books.between(call.startTicks(), endTicks),
        timeToFirstChunk,
        facts.events(),
        call.seam(),
        call.provider(),
        call.operation(),
        call.model(),
        facts.model(),
        facts.id(),
        facts.finishReasons(),
        call.streaming(),
        call.serverAddress(),
        call.serverPort(),
        cut ? Decision.CUT_OFF : decision,
        cut && growth != null ? growth.cutBy() : budget,
        intervention,
        inputEstimate(),
        charge.usage(),
        charge.reported(),
        cost,
        httpStatus,
        error,
        call.attribution());
  }

  private static final ResponseFacts NO_FACTS =
      new ResponseFacts(null, null, null, List.of(), null, 0, false, false);

  private static @Nullable String error(
      Exchange.Ending ending, int httpStatus, @Nullable ResponseFacts facts) {
    Throwable cause = ending.cause();
    if (cause != null) {
      return cause.getClass().getName();
    }
    if (facts != null && facts.errorType() != null) {
      return facts.errorType();
    }
    if (httpStatus >= 400) {
      return Integer.toString(httpStatus);
    }
    boolean whole = facts != null && facts.complete();
    return ending.kind() == Exchange.Ending.Kind.ABANDONED && !whole ? "abandoned" : null;
  }
}
