package io.tokenmeter.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines in which this process's calls wait for budgets that throttle: one for each budget row,
 * first come, first served. The meter's thread tries the heads of the lines ten times a second, so
 * that no thread of the application is needed for waiting. Thread-safe; without anyone waiting a
 * call reads one field of it.
 */
final class Throttle {
  private final Map<String, ArrayDeque<Waiter>> lines = new HashMap<>(); // guarded by this
  private final LongSupplier nanoTicker;
  private final InternalErrors errors;
  private volatile int waiting;
  private boolean closed; // guarded by this

  Throttle(LongSupplier nanoTicker, InternalErrors errors) {
    this.nanoTicker = nanoTicker;
    this.errors = errors;
  }

  /** A call in a line. */
  static final class Waiter {
    private final String row;
    private final String budgetName;
    private final Negotiation negotiation;
    private final long since;
    private final Ruling.Wait first;
    private final CompletableFuture<Ruling> ruling = new CompletableFuture<>();

    private Waiter(Ruling.Wait first, Negotiation negotiation, long since) {
      this.row = first.shortfall().row();
      this.budgetName = first.shortfall().rule().name();
      this.negotiation = negotiation;
      this.since = since;
      this.first = first;
    }

    /** Completed by the meter's thread: with {@link Ruling.Go} or {@link Ruling.Stop}. */
    CompletableFuture<Ruling> ruling() {
      return ruling;
    }
  }

  boolean isBusy() {
    return waiting > 0;
  }

  synchronized boolean hasLine(String row) {
    return lines.containsKey(row);
  }

  /** Puts a call at the end of a line. */
  synchronized Waiter join(Ruling.Wait wait, Negotiation negotiation) {
    Waiter waiter = new Waiter(wait, negotiation, nanoTicker.getAsLong());
    if (closed) {
      waiter.ruling.complete(stop(waiter, Duration.ZERO));
      return waiter;
    }
    lines.computeIfAbsent(waiter.row, row -> new ArrayDeque<>()).add(waiter);
    waiting++;
    return waiter;
  }

  /** A call does not want to wait any longer. */
  synchronized void leave(Waiter waiter) {
    ArrayDeque<Waiter> line = lines.get(waiter.row);
    if (line != null && line.remove(waiter)) {
      waiting--;
      if (line.isEmpty()) {
        lines.remove(waiter.row);
      }
    }
  }

  /** Lets those go whose turn has come, and sends those away whose time is up. */
  void serve() {
    if (!isBusy()) {
      return;
    }
    for (Waiter late : expired()) {
      Duration waited = waited(late);
      late.negotiation.waited(waited, late.budgetName);
      end(late, stop(late, waited));
    }
    for (String row : rows()) {
      for (Waiter head = head(row); head != null && tried(head); ) {
        head = head(row);
      }
    }
  }

  /** Whether the waiter is done with. */
  private boolean tried(Waiter head) {
    try {
      head.negotiation.waited(waited(head), head.budgetName);
      Ruling ruling = head.negotiation.attempt();
      if (ruling instanceof Ruling.Wait) {
        return false;
      }
      end(head, ruling);
    } catch (Throwable fault) {
      errors.report("Throttle.serve", fault);
      leave(head);
      head.ruling.completeExceptionally(fault);
    }
    return true;
  }

  /** Where the call has been given up meanwhile, gives back what it was to have. */
  private void end(Waiter waiter, Ruling ruling) {
    leave(waiter);
    if (!waiter.ruling.complete(ruling) && ruling instanceof Ruling.Go go) {
      go.held().release();
    }
  }

  private Duration waited(Waiter waiter) {
    return Duration.ofNanos(Math.max(1, nanoTicker.getAsLong() - waiter.since));
  }

  private static Ruling stop(Waiter waiter, Duration waited) {
    return Ruling.Stop.afterWaiting(waiter.first.shortfall(), waited, waiter.first.maxWait());
  }

  private synchronized List<Waiter> expired() {
    List<Waiter> expired = new ArrayList<>();
    for (ArrayDeque<Waiter> line : lines.values()) {
      for (Iterator<Waiter> each = line.iterator(); each.hasNext(); ) {
        Waiter waiter = each.next();
        if (waited(waiter).compareTo(waiter.first.maxWait()) >= 0) {
          expired.add(waiter);
        }
      }
    }
    return expired;
  }

  private synchronized List<String> rows() {
    return List.copyOf(lines.keySet());
  }

  private synchronized @Nullable Waiter head(String row) {
    ArrayDeque<Waiter> line = lines.get(row);
    return line == null ? null : line.peek();
  }

  /** Sends everyone away, and whoever comes later. */
  void close() {
    List<Waiter> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      lines.values().forEach(all::addAll);
    }
    for (Waiter waiter : all) {
      end(waiter, stop(waiter, waited(waiter)));
    }
  }
}
