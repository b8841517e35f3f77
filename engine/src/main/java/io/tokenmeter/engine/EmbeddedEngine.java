package io.tokenmeter.engine;

import io.tokenmeter.api.spi.Backend;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import java.util.Map;

/**
 * The engine of an application without the agent: found by {@link java.util.ServiceLoader} when
 * this module is on the class path, configured like the agent's.
 */
public final class EmbeddedEngine implements Backend {
  private final Backend engine;

  /**
   * For {@link java.util.ServiceLoader}.
   *
   * @throws IllegalStateException if the configuration is wrong and fail-closed
   */
  public EmbeddedEngine() {
    try {
      Map<String, String> properties = EngineLauncher.systemProperties();
      Configuration configuration = EngineLauncher.configuration(properties, System.getenv());
      engine = EngineLauncher.launch(configuration, properties, System.getenv()).backend();
    } catch (ConfigurationException wrong) {
      throw new IllegalStateException(wrong.getMessage(), wrong);
    }
  }

  @Override
  public Map<String, Object> call(String operation, Map<String, Object> arguments) {
    return engine.call(operation, arguments);
  }
}
