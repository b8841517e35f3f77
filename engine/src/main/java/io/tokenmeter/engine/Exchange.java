package io.tokenmeter.engine;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.ResponseReader;
import io.tokenmeter.providers.StreamCutter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
  private final @Nullable Dialect dialect;
  private final Abandonment abandonment;
  private final InternalErrors errors;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  private volatile @Nullable Ending pendingEnd;
  private volatile int httpStatus;
  private @Nullable ResponseReader reader;
  private @Nullable ContentDecoder decoder;
  private @Nullable Cutting cutting;
  private boolean unreadable;

  /** A call that may go out. */
  Exchange(
      Verdict.Admitted verdict,
      Account account,
      Dialect dialect,
      Abandonment abandonment,
      InternalErrors errors) {
    this(verdict, account, dialect, abandonment, errors, IDLE);
  }

  private Exchange(
      Verdict verdict,
      @Nullable Account account,
      @Nullable Dialect dialect,
      Abandonment abandonment,
      InternalErrors errors,
      int state) {
    this.verdict = verdict;
    this.account = account;
    this.dialect = dialect;
    this.abandonment = abandonment;
    this.errors = errors;
    this.state = state;
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
    if (dialect == null || account == null || !STATE.compareAndSet(this, IDLE, READING)) {
      return;
    }
    try {
      httpStatus = status;
      reader = dialect.responseReader(status, header.apply("content-type"), account::outputArrived);
      String encoding = header.apply("content-encoding");
      cutting = cutting(account, status, encoding, reader);
      decoder = ContentDecoder.create(encoding, cutting == null ? reader : cutting);
      unreadable = decoder == null;
    } catch (Throwable fault) {
      unreadable = true;
      errors.report("Exchange.responseStarted", fault);
    } finally {
      doneReading();
    }
  }

  private static @Nullable Cutting cutting(
      Account account, int status, @Nullable String encoding, ResponseReader reader) {
    StreamCutter cutter = account.cutter();
    boolean gzip = ContentDecoder.isGzip(encoding);
    return cutter == null || status / 100 != 2 || !(gzip || ContentDecoder.isIdentity(encoding))
        ? null
        : new Cutting(reader, cutter, account, gzip);
  }

  /**
   * Whether the body may be ended early, so that it must go through {@link #handOver} and not
   * {@link #responseBytes}. Known once the response's head has arrived.
   */
  public boolean mayBeCut() {
    return cutting != null;
  }

  /**
   * As {@link #responseBytes}, for bytes that the application has not got yet.
   *
   * @return what it is to get in their place; null for these very bytes
   */
  public @Nullable Handover handOver(byte[] bytes, int offset, int length) {
    Cutting cut = cutting;
    ContentDecoder decode = decoder;
    if (length <= 0 || cut == null || decode == null || account == null) {
      return null;
    }
    if (!STATE.compareAndSet(this, IDLE, READING)) {
      return afterTheEnd(cut);
    }
    try {
      account.goesOn();
      decode.feed(bytes, offset, length);
      return cut.handover(decode.isFinished());
    } catch (Throwable fault) {
      unreadable = true;
      errors.report("Exchange.handOver", fault);
      return afterTheEnd(cut);
    } finally {
      doneReading();
      if (cut.isCut()) {
        end(Ending.CUT);
      }
    }
  }

  /** Settled from elsewhere: bytes pass, unless others than came were handed over before. */
  private static @Nullable Handover afterTheEnd(Cutting cut) {
    return cut.recodes() || cut.isCut() ? new Handover(new byte[0], true) : null;
  }

  /**
   * Bytes of the response's body have passed on their way to the application, as they came over the
   * wire or after the client undid a content encoding; the header that {@link #responseStarted} saw
   * says which.
   */
  public void responseBytes(byte[] bytes, int offset, int length) {
    if (length <= 0 || !STATE.compareAndSet(this, IDLE, READING)) {
      return;
    }
    try {
      if (account != null) {
        account.goesOn();
      }
      if (decoder != null) {
        decoder.feed(bytes, offset, length);
      }
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
    abandonment.watch(handle, this);
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
    try {
      if (decoder != null) {
        decoder.close();
      }
      if (account != null) {
        account.close(ending, httpStatus, reader == null ? null : reader.facts(), isUnreadable());
      }
    } catch (Throwable fault) {
      errors.report("Exchange.settle", fault);
      if (account != null) {
        account.chargeHold();
      }
    }
  }

  private boolean isUnreadable() {
    return unreadable || (decoder != null && decoder.isBroken());
  }

  /** How a call came to its end. */
  record Ending(Kind kind, @Nullable Throwable cause) {
    enum Kind {
      COMPLETED,
      FAILED,
      ABANDONED,
      CUT,
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
