package io.tokenmeter.javaagent;

import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.javaagent.runtime.AgentEngine;
import io.tokenmeter.javaagent.weaving.AdviceLinker;
import io.tokenmeter.javaagent.weaving.TargetTransformer;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attaches the agent to its JVM. Does next to nothing: the weaver is loaded when a class appears
 * that has a seam, the engine when a call to a model appears.
 */
public final class Agent {
  /** As {@code sysexits.h} has it: EX_CONFIG. */
  private static final int CONFIGURATION_EXIT_CODE = 78;

  private Agent() {}

  /**
   * Called once by the entry class, by name.
   *
   * @param atStart whether the application's main method is yet to run
   */
  public static void start(Instrumentation instrumentation, boolean atStart)
      throws ReflectiveOperationException {
    Class<?> bridge = BootBridge.define(instrumentation);
    if (bridge == null) {
      System.err.println("[tokenmeter] WARN The agent is attached already; once is enough");
      return;
    }
    ClassLoader agentLoader = Agent.class.getClassLoader();
    set(bridge, "faults", new Faults());
    set(bridge, "resolver", new AdviceLinker());
    set(bridge, "api", new Api());
    new TargetTransformer(agentLoader).install(instrumentation);
    if (ExplicitConfiguration.isPresent()) {
      startEngine(atStart);
    }
  }

  private static void startEngine(boolean atStart) {
    try {
      AgentEngine.startNow();
    } catch (ConfigurationException wrong) {
      System.err.println("[tokenmeter] ERROR " + wrong.getMessage());
      if (atStart) {
        System.err.println("[tokenmeter] ERROR fail-closed is set: the application is not started");
        System.exit(CONFIGURATION_EXIT_CODE);
      }
    }
  }

  private static void set(Class<?> bridge, String field, @Nullable Object value)
      throws ReflectiveOperationException {
    bridge.getField(field).set(null, value);
  }

  // Classes, because a lambda would bring the JDK's machinery for it into every start.

  private static final class Faults implements Consumer<Throwable> {
    @Override
    public void accept(Throwable fault) {
      AgentEngine.fault("advice", fault);
    }
  }

  private static final class Api
      implements BiFunction<String, Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> apply(String operation, Map<String, Object> arguments) {
      return AgentEngine.call(operation, arguments);
    }
  }
}
