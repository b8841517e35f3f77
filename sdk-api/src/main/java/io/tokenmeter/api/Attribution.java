package io.tokenmeter.api;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Who pays for a call: names under keys such as {@value #TEAM}, {@value #PROJECT}, {@value #USER}.
 * Immutable.
 *
 * <p>The {@linkplain #current() current} attribution belongs to the thread; {@link #makeCurrent()}
 * lays another one over it until the scope is closed. It does not follow work to other threads by
 * itself: {@link #wrap(Runnable)} and {@link #propagating(Executor)} carry it over executors and
 * virtual threads.
 *
 * <pre>{@code
 * try (Attribution.Scope scope = Attribution.of("team", "search", "user", userId).makeCurrent()) {
 *   client.chat().completions().create(params);
 * }
 * }</pre>
 */
public final class Attribution {
  public static final String ORG = "org";
  public static final String TEAM = "team";
  public static final String PROJECT = "project";
  public static final String SERVICE = "service";
  public static final String USER = "user";
  public static final String SESSION = "session";

  private static final Attribution EMPTY = new Attribution(Map.of());
  private static final ThreadLocal<@Nullable Map<String, String>> CURRENT = Bridge.attribution();

  private final Map<String, String> values;

  private Attribution(Map<String, String> values) {
    this.values = values;
  }

  public static Attribution empty() {
    return EMPTY;
  }

  public static Attribution of(String key, String value) {
    return EMPTY.with(key, value);
  }

  public static Attribution of(String key1, String value1, String key2, String value2) {
    return EMPTY.with(key1, value1).with(key2, value2);
  }

  /** Copies the map; no key or value may be null. */
  public static Attribution of(Map<String, String> values) {
    Attribution attribution = EMPTY;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      attribution = attribution.with(entry.getKey(), entry.getValue());
    }
    return attribution;
  }

  /** The calling thread's attribution; empty where no scope is open. */
  public static Attribution current() {
    Map<String, String> values = CURRENT.get();
    return values == null ? EMPTY : new Attribution(values);
  }

  /** This attribution with one key set or replaced. */
  public Attribution with(String key, String value) {
    Map<String, String> copy = new LinkedHashMap<>(values);
    copy.put(requireNonNull(key, "key"), requireNonNull(value, "value"));
    return new Attribution(Collections.unmodifiableMap(copy));
  }

  /** The value under a key, or null. */
  public @Nullable String get(String key) {
    return values.get(key);
  }

  /** All keys and values, unmodifiable, in the order in which they were set. */
  public Map<String, String> asMap() {
    return values;
  }

  /**
   * Lays this attribution over the calling thread's: its keys win, the others stay. Close the scope
   * on the same thread, innermost first; try-with-resources does.
   */
  public Scope makeCurrent() {
    Map<String, String> before = CURRENT.get();
    CURRENT.set(before == null ? values : current().overlaidBy(this).values);
    return new Scope(before);
  }

  private Attribution overlaidBy(Attribution upper) {
    Map<String, String> merged = new LinkedHashMap<>(values);
    merged.putAll(upper.values);
    return new Attribution(Collections.unmodifiableMap(merged));
  }

  /** A task that runs under this attribution wherever it runs. */
  public Runnable wrap(Runnable task) {
    requireNonNull(task, "task");
    return () -> {
      try (Scope scope = replaceCurrent()) {
        task.run();
      }
    };
  }

  /** A task that runs under this attribution wherever it runs. */
  public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
    requireNonNull(task, "task");
    return () -> {
      try (Scope scope = replaceCurrent()) {
        return task.call();
      }
    };
  }

  /**
   * An executor that carries the submitting thread's attribution to the thread that runs the task.
   * Works for pools, for {@code ForkJoinPool.commonPool()} and for virtual-thread executors.
   */
  public static Executor propagating(Executor executor) {
    requireNonNull(executor, "executor");
    return task -> executor.execute(current().wrap(task));
  }

  /** The same for an executor service: {@code submit} and {@code invokeAll} carry it too. */
  public static ExecutorService propagating(ExecutorService executor) {
    return new PropagatingExecutorService(requireNonNull(executor, "executor"));
  }

  /** A pool's thread may hold a leftover scope; a carried task must not inherit from it. */
  private Scope replaceCurrent() {
    Map<String, String> before = CURRENT.get();
    CURRENT.set(values);
    return new Scope(before);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attribution && values.equals(((Attribution) other).values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "Attribution" + values;
  }

  /** An open scope; {@link #close()} restores what was current before. */
  public static final class Scope implements AutoCloseable {
    private final @Nullable Map<String, String> before;

    private Scope(@Nullable Map<String, String> before) {
      this.before = before;
    }

    @Override
    public void close() {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }
}
