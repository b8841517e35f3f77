package io.tokenmeter.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults inside the meter: every one is counted, the first of each kind is logged, none reaches the
 * application. Thread-safe.
 */
public final class InternalErrors {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  /** Kinds are few by nature; the bound is there so that a surprise cannot grow without end. */
  private static final int MAX_KINDS = 256;

  private final LongAdder count = new LongAdder();
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /** Counts a fault. Its message stays out of the log: a parser's may quote the text it read. */
  public void report(String where, Throwable fault) {
    count.increment();
    String kind = where + ' ' + fault.getClass().getName();
    if (logged.size() < MAX_KINDS && logged.add(kind)) {
      logger.warn(
          "internal error in {}: {} at {}; the application goes on untouched, further ones of this"
              + " kind are counted only",
          where,
          fault.getClass().getName(),
          origin(fault));
    }
  }

  /** Counts a fault of a kind that was logged before there was an engine. */
  public void countOnly() {
    count.increment();
  }

  /** Faults since the start. */
  public long count() {
    return count.sum();
  }

  private static String origin(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    return trace.length == 0 ? "an unknown place" : trace[0].toString();
  }
}
