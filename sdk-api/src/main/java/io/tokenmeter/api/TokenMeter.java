package io.tokenmeter.api;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.api.spi.Backend;
import io.tokenmeter.api.spi.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The entrance: reserves against the host's budgets and shows them. Thread-safe.
 *
 * <pre>{@code
 * try (Reservation hold =
 *     TokenMeter.get().reservation("openai", "gpt-4o-mini").inputText(prompt).maxOutputTokens(400).reserve()) {
 *   Answer answer = callTheModel(prompt);
 *   hold.settle(Usage.of(answer.inputTokens(), answer.outputTokens()));
 * }
 * }</pre>
 *
 * <p>Calls that the agent meters need none of this; reserve for calls that it cannot see.
 */
public final class TokenMeter {

  /** What serves this API. */
  public enum Mode {
    /** The agent of this JVM. */
    AGENT,
    /** The engine on the application's class path. */
    EMBEDDED,
    /** Nothing: every reservation succeeds, no budget is listed. */
    NONE
  }

  private static final class Holder {
    static final TokenMeter INSTANCE = find();
  }

  private final Mode mode;
  private final @Nullable Backend backend;

  private TokenMeter(Mode mode, @Nullable Backend backend) {
    this.mode = mode;
    this.backend = backend;
  }

  /**
   * The JVM's meter: the agent's where one is attached, else the embedded engine's, else a no-op.
   */
  public static TokenMeter get() {
    return Holder.INSTANCE;
  }

  /** A meter over a given backend, for tests and for those who assemble an engine themselves. */
  public static TokenMeter over(Backend backend) {
    return new TokenMeter(Mode.EMBEDDED, backend);
  }

  private static TokenMeter find() {
    Backend agent = Bridge.agent();
    if (agent != null) {
      return new TokenMeter(Mode.AGENT, agent);
    }
    try {
      Iterator<Backend> embedded =
          ServiceLoader.load(Backend.class, TokenMeter.class.getClassLoader()).iterator();
      if (embedded.hasNext()) {
        return new TokenMeter(Mode.EMBEDDED, embedded.next());
      }
      LoggerFactory.getLogger(TokenMeter.class)
          .info(
              "tokenmeter: neither the agent nor the embedded engine is present; nothing is metered and"
                  + " every reservation succeeds. Attach -javaagent:tokenmeter.jar or add"
                  + " tokenmeter-engine to the class path.");
    } catch (ServiceConfigurationError broken) {
      if (broken.getCause() instanceof IllegalStateException failClosed) {
        throw failClosed;
      }
      LoggerFactory.getLogger(TokenMeter.class)
          .error(
              "tokenmeter: the embedded engine could not be started; nothing is metered", broken);
    }
    return new TokenMeter(Mode.NONE, null);
  }

  public Mode mode() {
    return mode;
  }

  /**
   * Begins a reservation for a call to a model.
   *
   * @param provider as in OpenTelemetry's {@code gen_ai.provider.name}: {@code openai}, {@code
   *     anthropic}, {@code gcp.gemini}
   * @param model the model's name as the provider knows it
   */
  public ReservationRequest reservation(String provider, String model) {
    return new ReservationRequest(this, provider, model);
  }

  /** Every budget's rows that have been used in the current window, and every rule without rows. */
  public List<Budget> budgets() {
    if (backend == null) {
      return List.of();
    }
    List<Budget> budgets = new ArrayList<>();
    if (backend.call(Protocol.LIST_BUDGETS, Map.of()).get(Protocol.BUDGETS)
        instanceof List<?> rows) {
      for (Object row : rows) {
        if (row instanceof Map<?, ?> values) {
          budgets.add(budget(values));
        }
      }
    }
    return List.copyOf(budgets);
  }

  /** The first row of the budget of that name, if there is one. */
  public Optional<Budget> budget(String name) {
    return budgets().stream().filter(budget -> budget.name().equals(name)).findFirst();
  }

  /**
   * Tells a listener when what was spent of a budget reaches a threshold: each threshold once in a
   * window, and of all processes of the host that have listeners one. The listener runs on the
   * meter's own thread and should be quick; what it throws is swallowed and counted. A reservation
   * that it makes never waits for a budget that throttles, but is refused.
   *
   * @return to be closed when the listener is to hear nothing more. Until then it is held strongly:
   *     an application that is redeployed must close it
   */
  public Subscription onThreshold(Consumer<? super BudgetThreshold> listener) {
    requireNonNull(listener, "listener");
    if (backend == null) {
      return () -> {};
    }
    Consumer<Map<String, Object>> receiver =
        row ->
            listener.accept(new BudgetThreshold(budget(row), (int) number(row, Protocol.PERCENT)));
    Object handle =
        backend.call(Protocol.LISTEN, Map.of(Protocol.LISTENER, receiver)).get(Protocol.HANDLE);
    return handle == null
        ? () -> {}
        : () -> backend.call(Protocol.UNLISTEN, Map.of(Protocol.HANDLE, handle));
  }

  /** A listener that is told. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    /** Ends it. Further calls do nothing. */
    @Override
    void close();
  }

  Reservation reserve(Map<String, Object> arguments) {
    if (backend == null) {
      return new Reservation(null, null);
    }
    Map<String, Object> result = backend.call(Protocol.RESERVE, arguments);
    if (result.get(Protocol.REFUSAL) instanceof Map<?, ?> refusal) {
      throw new BudgetExceededException(
          text(refusal, Protocol.MESSAGE), budget(refusal), number(refusal, Protocol.REQUESTED));
    }
    return new Reservation(backend, result.get(Protocol.HANDLE));
  }

  private static Budget budget(Map<?, ?> row) {
    return new Budget(
        text(row, Protocol.NAME),
        text(row, Protocol.SCOPE),
        Budget.Unit.valueOf(text(row, Protocol.UNIT).toUpperCase(Locale.ROOT)),
        text(row, Protocol.MODE).equals("hard"),
        text(row, Protocol.WINDOW),
        number(row, Protocol.LIMIT),
        number(row, Protocol.USED),
        number(row, Protocol.RESERVED),
        number(row, Protocol.REMAINING),
        Instant.ofEpochMilli(number(row, Protocol.RESETS_AT)));
  }

  private static String text(Map<?, ?> row, String key) {
    return row.get(key) instanceof String text ? text : "";
  }

  private static long number(Map<?, ?> row, String key) {
    return row.get(key) instanceof Long number ? number : 0;
  }
}
