package io.tokenmeter.javaagent.runtime;

import io.tokenmeter.api.spi.Protocol;
import io.tokenmeter.engine.Engine;
import io.tokenmeter.engine.EngineLauncher;
import io.tokenmeter.engine.Meter;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.javaagent.loading.Apart;
import io.tokenmeter.javaagent.log.StderrLogger;
import io.tokenmeter.javaagent.telemetry.Telemetry;
import io.tokenmeter.providers.Dialects;
import io.tokenmeter.tokenizers.Encodings;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of this JVM: made when the first call to a model or the first use of the API appears,
 * or with the JVM where the user has configured something. The only class that knows how it is
 * made.
 */
public final class AgentEngine {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  /** What was said before there was an engine to count it, each kind once. */
  private static final Set<String> EARLY_FAULTS = ConcurrentHashMap.newKeySet();

  private static final String USUAL_MODEL = "gpt-4o";
  private static final AtomicBoolean WARMING = new AtomicBoolean();

  private static volatile @Nullable Engine engine;

  /** Whether there is an engine, or will never be one. */
  private static volatile boolean decided;

  /** Who is starting it, or has. */
  private static volatile @Nullable Thread starter;

  private AgentEngine() {}

  /**
   * The meter, if a request with this head may be a call to a model.
   *
   * @param path the URL's path, with or without query
   */
  public static @Nullable Meter meterFor(String method, String host, String path) {
    Engine current = engine;
    if (current == null) {
      current = Dialects.find(method, host, path) == null ? null : engine();
    }
    return current != null && current.meter().watches(method, host, path) ? current.meter() : null;
  }

  /** An operation of the API; see {@link Protocol}. */
  public static Map<String, Object> call(String operation, Map<String, Object> arguments) {
    Engine current = engine();
    return current == null
        ? Map.of(Protocol.ERROR, "the agent's engine is switched off or could not start")
        : current.backend().call(operation, arguments);
  }

  /** Counts a fault of the agent's own. Never throws. */
  public static void fault(String where, Throwable fault) {
    String kind = where + ' ' + fault.getClass().getName();
    Engine current = engine;
    if (current == null) {
      if (EARLY_FAULTS.add(kind)) {
        // Without its message, which may quote what the application sent.
        logger.warn(
            "internal error in {}: {}; the application goes on untouched",
            where,
            fault.getClass().getName());
      }
    } else if (EARLY_FAULTS.contains(kind)) {
      current.internalErrors().countOnly();
    } else {
      current.meter().internalError(where, fault);
    }
  }

  /**
   * Starts the engine beside the application, once: a library has appeared that is there for calls
   * to models, and its own start takes long enough for the first call to find the engine ready. The
   * vocabulary that most models share is loaded too.
   */
  public static void warmUp() {
    if (WARMING.compareAndSet(false, true)) {
      Apart.run(
          () -> {
            if (engine() != null) {
              Encodings.forModel(USUAL_MODEL).count(USUAL_MODEL);
            }
          });
    }
  }

  /**
   * Starts the engine on the calling thread, with the JVM.
   *
   * @throws ConfigurationException if the configuration is wrong and fail-closed
   */
  public static void startNow() throws ConfigurationException {
    start();
  }

  /**
   * Null if the agent is switched off or could not start, and for the thread that is starting it:
   * what the engine itself sends then is its own business.
   */
  private static @Nullable Engine engine() {
    if (decided || Thread.currentThread() == starter) {
      return engine;
    }
    try {
      Apart.call(
          () -> {
            start();
            return Boolean.TRUE;
          });
    } catch (ConfigurationException wrong) {
      logger.error("{} Nothing is metered.", wrong.getMessage());
    } catch (Exception | Error failure) {
      fault("the engine's start; nothing is metered", failure);
    }
    return engine;
  }

  /** Does nothing if it was done before. */
  private static synchronized void start() throws ConfigurationException {
    if (decided) {
      return;
    }
    starter = Thread.currentThread();
    try {
      Map<String, String> properties = EngineLauncher.systemProperties();
      Configuration configuration = EngineLauncher.configuration(properties, System.getenv());
      StderrLogger.setLevel(configuration.logLevel());
      if (configuration.enabled()) {
        Engine started = EngineLauncher.launch(configuration, properties, System.getenv());
        Telemetry.connect(started, System::nanoTime);
        engine = started;
      }
    } finally {
      decided = true;
    }
  }
}
