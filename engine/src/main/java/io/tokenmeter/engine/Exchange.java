package io.tokenmeter.engine;

import io.tokenmeter.providers.Dialect;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one state machine of a call: OPEN, then ADMITTED or REFUSED, then SETTLED exactly once,
 * whatever the library does. Every seam drives it through these methods only, from any threads;
 * whichever end comes first settles, the rest do nothing. None of them throws.
 *
 * <p>A body is read by one thread at a time, but its end may come from another one (a cancel, the
 * collector). The state decides without a lock: an end that meets a reader at work leaves the
 * settling to that reader.
 */
public final class Exchange {
  private static final int IDLE = 0;
  private static final int READING = 1;
  private static final int ENDED_WHILE_READING = 2;
  private static final int SETTLED = 3;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Verdict verdict;
  private final @Nullable Account account;
  private final @Nullable PassingResponse response;
  private final Abandonment abandonment;
  private final InternalErrors errors;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  private volatile @Nullable Ending pendingEnd;
  private volatile Abandonment.@Nullable Watch watch;
  private volatile @Nullable Reference<Exchange> open;
  private boolean unreadable;

  private Exchange(
      Verdict verdict,
      @Nullable Account account,
      @Nullable Dialect dialect,
      Abandonment abandonment,
      InternalErrors errors,
      int state) {
    this.verdict = verdict;
    this.account = account;
    this.response =
        account == null || dialect == null ? null : new PassingResponse(dialect, account, errors);
    this.abandonment = abandonment;
    this.errors = errors;
    this.state = state;
  }

  /** A call that may go out. */
  static Exchange admitted(
      Verdict.Admitted verdict,
      Account account,
      Dialect dialect,
      Abandonment abandonment,
      InternalErrors errors) {
    Exchange exchange = new Exchange(verdict, account, dialect, abandonment, errors, IDLE);
    exchange.open = abandonment.opened(exchange);
    return exchange;
  }

  /** A call that must wait: over as far as this exchange goes. */
  static Exchange waiting(Waiting verdict, Abandonment abandonment, InternalErrors errors) {
    return new Exchange(verdict, null, null, abandonment, errors, SETTLED);
  }

  /** A call that was refused: over before it began. */
  static Exchange refused(Verdict.Refused verdict, Abandonment abandonment, InternalErrors errors) {
    return new Exchange(verdict, null, null, abandonment, errors, SETTLED);
  }

  /** What the budgets said. A refused exchange is already over, and so is one that must wait. */
  public Verdict verdict() {
    return verdict;
  }

  /**
   * The response's head has arrived.
   *
   * @param header looks a response header up, any case; null where it is absent
   */
  public void responseStarted(int status, Function<String, @Nullable String> header) {
    if (response == null || !STATE.compareAndSet(this, IDLE, READING)) {
      return;
    }
    try {
      response.begin(status, header.apply("content-type"), header.apply("content-encoding"));
    } catch (Throwable fault) {
      unreadable = true;
      errors.report("Exchange.responseStarted", fault);
    } finally {
      doneReading();
    }
  }

  /**
   * Whether the body may be ended early, so that it must go through {@link #handOver} and not
   * {@link #responseBytes}. Known once the response's head has arrived.
   */
  public boolean mayBeCut() {
    return response != null && response.mayBeCut();
  }

  /**
   * As {@link #responseBytes}, for bytes that the application has not got yet.
   *
   * @return what it is to get in their place; null for these very bytes
   */
  public @Nullable Handover handOver(byte[] bytes, int offset, int length) {
    if (length <= 0 || response == null || !response.mayBeCut()) {
      return null;
    }
    if (!STATE.compareAndSet(this, IDLE, READING)) {
      return response.afterTheEnd();
    }
    try {
      return response.handOver(bytes, offset, length);
    } catch (Throwable fault) {
      unreadable = true;
      errors.report("Exchange.handOver", fault);
      return response.afterTheEnd();
    } finally {
      doneReading();
      if (response.isCut()) {
        end(Ending.CUT);
      }
    }
  }

  /**
   * Bytes of the response's body have passed on their way to the application, as they came over the
   * wire or after the client undid a content encoding; the header that {@link #responseStarted} saw
   * says which.
   */
  public void responseBytes(byte[] bytes, int offset, int length) {
    if (length <= 0 || response == null || !STATE.compareAndSet(this, IDLE, READING)) {
      return;
    }
    try {
      response.feed(bytes, offset, length);
    } catch (Throwable fault) {
      unreadable = true;
      errors.report("Exchange.responseBytes", fault);
    } finally {
      doneReading();
    }
  }

  /** The body was read to its end. */
  public void responseEnded() {
    end(Ending.COMPLETED);
  }

  /** The call failed, before a response or in the middle of it. */
  public void failed(Throwable cause) {
    end(Ending.failed(cause));
  }

  /** The call failed, and the seam knows that no server got anything of it. */
  public void failedUnsent(Throwable cause) {
    end(new Ending(Ending.Kind.UNSENT, cause));
  }

  /** The application closed the body early, cancelled the call, or let go of it. */
  public void abandoned() {
    end(Ending.ABANDONED);
  }

  /**
   * The call never left: a seam could not go through with it. Everything that was held is given
   * back and no call is recorded.
   */
  public void notSent() {
    end(Ending.NOT_SENT);
  }

  /**
   * Settles as abandoned when {@code handle} (the wrapped body that the application holds) becomes
   * unreachable before any other end. The exchange must hold no way back to the handle.
   */
  public void watch(Object handle) {
    watch = abandonment.watch(handle, this);
    if (state == SETTLED) {
      forgetWatch();
    }
  }

  private void forgetWatch() {
    Abandonment.Watch watching = watch;
    if (watching != null) {
      abandonment.forget(watching);
    }
  }

  private void end(Ending ending) {
    while (true) {
      int seen = state;
      if (seen == IDLE) {
        if (STATE.compareAndSet(this, IDLE, SETTLED)) {
          settle(ending);
          return;
        }
      } else if (seen == READING) {
        pendingEnd = ending;
        if (STATE.compareAndSet(this, READING, ENDED_WHILE_READING)) {
          return;
        }
      } else {
        return;
      }
    }
  }

  private void doneReading() {
    if (!STATE.compareAndSet(this, READING, IDLE)) {
      state = SETTLED;
      Ending ending = pendingEnd;
      settle(ending == null ? Ending.ABANDONED : ending);
    }
  }

  private void settle(Ending ending) {
    forgetWatch();
    Reference<Exchange> opened = open;
    if (opened != null) {
      abandonment.ended(opened);
    }
    if (account == null || response == null) {
      return;
    }
    account.ended();
    // Whoever ends a stream that was cut just now: what it says last are our words.
    Ending known = response.isCut() ? Ending.CUT : ending;
    if (!account.closeLater(() -> close(account, response, known), response.bytesAside())) {
      close(account, response, known);
    }
  }

  private void close(Account account, PassingResponse response, Ending ending) {
    try {
      response.end();
      account.close(
          ending, response.status(), response.facts(), unreadable || response.isUnreadable());
    } catch (Throwable fault) {
      errors.report("Exchange.settle", fault);
      account.chargeHold();
    }
  }

  /** How a call came to its end. */
  record Ending(Kind kind, @Nullable Throwable cause) {
    enum Kind {
      COMPLETED,
      FAILED,
      ABANDONED,
      CUT,
      UNSENT,
      NOT_SENT
    }

    static final Ending COMPLETED = new Ending(Kind.COMPLETED, null);
    static final Ending ABANDONED = new Ending(Kind.ABANDONED, null);
    static final Ending CUT = new Ending(Kind.CUT, null);
    static final Ending NOT_SENT = new Ending(Kind.NOT_SENT, null);

    static Ending failed(Throwable cause) {
      return new Ending(Kind.FAILED, cause);
    }
  }
}
