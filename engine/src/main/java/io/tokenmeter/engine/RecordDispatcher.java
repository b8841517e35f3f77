package io.tokenmeter.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries records from the calls' threads to the listeners, and work that no call has to wait for,
 * on the one daemon thread {@code tokenmeter}, which also does the chores. Handing over takes no
 * lock and never waits.
 *
 * <p>The thread looks for records ten times a second and takes all that wait at once. It is not
 * woken by a call: waking a thread costs the call more than everything else that happens to its
 * record.
 */
final class RecordDispatcher implements AutoCloseable {
  /** Records that may wait. A listener this far behind is broken; further records are counted. */
  private static final int MAX_WAITING = 65_536;

  /** What deferred work may keep alive: prompts and answers that nobody has looked at yet. */
  private static final long MAX_BYTES_WAITING = 16L << 20;

  private static final long LOOKS_EVERY_NANOS = 100_000_000L;
  private static final long CHORES_EVERY_NANOS = 1_000_000_000L;
  private static final long CLOSE_WAIT_MILLIS = 5_000;

  /** A listener with what it captured when the call opened. */
  record Capture(CallListener listener, @Nullable Object token) {}

  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong bytesWaiting = new AtomicLong();
  private final List<CallListener> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> chores = new CopyOnWriteArrayList<>();
  private final List<Runnable> duties = new CopyOnWriteArrayList<>();
  private final InternalErrors errors;
  private final LongSupplier nanoTicker;
  private final Thread thread;
  private volatile boolean closing;

  /** Set before the thread's last look at the queue. */
  private volatile boolean ended;

  /** Guarded by this. */
  private boolean draining;

  RecordDispatcher(LongSupplier nanoTicker, InternalErrors errors) {
    this.nanoTicker = nanoTicker;
    this.errors = errors;
    this.thread = new Thread(this::run, "tokenmeter");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
  }

  void start() {
    thread.start();
  }

  /** Whether the caller is the meter's own thread: what it sends is no call of the application. */
  boolean isOwnThread() {
    return Thread.currentThread() == thread;
  }

  void addListener(CallListener listener) {
    listeners.add(listener);
  }

  /** Runs about once a second, and a last time at the end. */
  void addChore(Runnable chore) {
    chores.add(chore);
  }

  /** Runs whenever the thread looks for records: ten times a second. */
  void addDuty(Runnable duty) {
    duties.add(duty);
  }

  /** Tells every listener that a call opens, on the call's thread. */
  List<Capture> opening(OutgoingCall call) {
    List<Capture> captures = new ArrayList<>(listeners.size());
    for (CallListener listener : listeners) {
      captures.add(new Capture(listener, opening(listener, call)));
    }
    return captures;
  }

  private @Nullable Object opening(CallListener listener, OutgoingCall call) {
    try {
      return listener.opening(call);
    } catch (Throwable fault) {
      errors.report("CallListener.opening", fault);
      return null;
    }
  }

  /** Hands a record over. */
  void dispatch(CallRecord record, List<Capture> captures) {
    if (!enqueue(() -> deliver(record, captures))) {
      errors.report("RecordDispatcher.overflow", new IllegalStateException("too many records"));
    }
  }

  /**
   * Has the meter's thread do what remains of a call, in the order of calls.
   *
   * @param bytes that the work keeps alive
   * @return false if too much waits: then the caller has to do it
   */
  boolean defer(Runnable work, long bytes) {
    if (bytesWaiting.addAndGet(bytes) <= MAX_BYTES_WAITING
        && enqueue(
            () -> {
              bytesWaiting.addAndGet(-bytes);
              work.run();
            })) {
      return true;
    }
    bytesWaiting.addAndGet(-bytes);
    return false;
  }

  private boolean enqueue(Runnable work) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return false;
    }
    queue.add(work);
    if (ended) {
      drain(); // the JVM is going down; nobody else is left to do it
    }
    return true;
  }

  private void deliver(CallRecord record, List<Capture> captures) {
    for (Capture capture : captures) {
      try {
        capture.listener().closed(record, capture.token());
      } catch (Throwable fault) {
        errors.report("CallListener.closed", fault);
      }
    }
  }

  private void run() {
    long nextChores = 0;
    while (!closing) {
      drain();
      runAll(duties);
      long now = nanoTicker.getAsLong();
      if (nextChores == 0 || now - nextChores >= 0) {
        doChores();
        nextChores = now + CHORES_EVERY_NANOS;
      }
      LockSupport.parkNanos(this, LOOKS_EVERY_NANOS);
      Thread.interrupted(); // no one has a reason to; left set, it would never park again
    }
    ended = true;
    drain();
    doChores();
  }

  private synchronized void drain() {
    if (draining) {
      return; // work that hands over more: whoever is at it takes that too
    }
    draining = true;
    try {
      takeAll();
    } finally {
      draining = false;
    }
  }

  private void takeAll() {
    boolean any = false;
    Runnable work;
    while ((work = queue.poll()) != null) {
      any = true;
      waiting.decrementAndGet();
      try {
        work.run();
      } catch (Throwable fault) {
        errors.report("RecordDispatcher.work", fault);
      }
    }
    if (any) {
      listeners.forEach(this::batchEnded);
    }
  }

  private void batchEnded(CallListener listener) {
    try {
      listener.batchEnded();
    } catch (Throwable fault) {
      errors.report("CallListener.batchEnded", fault);
    }
  }

  private void doChores() {
    runAll(chores);
  }

  private void runAll(List<Runnable> tasks) {
    for (Runnable chore : tasks) {
      try {
        chore.run();
      } catch (Throwable fault) {
        errors.report("chore", fault);
      }
    }
  }

  /** Delivers what waits and ends the thread, within five seconds. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_WAIT_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      drain(); // and waits for a call's thread that came so late that it delivers by itself
    }
  }
}
