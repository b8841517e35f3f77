package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.engine.config.ConfigurationLoader;
import io.tokenmeter.engine.config.ConfigurationWatcher;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts an engine from what the user set. The one place where clocks come from. */
public final class EngineLauncher {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");

  private EngineLauncher() {}

  /**
   * Starts an engine that follows its configuration and is closed by a shutdown hook.
   *
   * @param properties as {@link #configuration} got them
   * @param environment as {@link #configuration} got it
   */
  public static Engine launch(
      Configuration configuration,
      Map<String, String> properties,
      Map<String, String> environment) {
    Engine engine = Engine.start(configuration, InstantSource.system(), System::nanoTime);
    try {
      engine.follow(new ConfigurationWatcher(properties, environment));
    } catch (IllegalArgumentException noPath) {
      // the file's name is no path, which was said when it was to be read
    }
    Runtime.getRuntime().addShutdownHook(new Thread(engine::close, "tokenmeter-shutdown"));
    return engine;
  }

  /**
   * What the user set. A configuration error is logged and leaves the defaults, which observe.
   *
   * @throws ConfigurationException if it is wrong and fail-closed
   */
  public static Configuration configuration(
      Map<String, String> properties, Map<String, String> environment)
      throws ConfigurationException {
    try {
      Configuration configuration = ConfigurationLoader.load(properties, environment);
      configuration.warnings().forEach(logger::warn);
      return configuration;
    } catch (ConfigurationException wrong) {
      if (wrong.failClosed()) {
        throw wrong;
      }
      logger.error(
          "{} The configuration is not used: calls are observed, no budget is enforced.",
          wrong.getMessage());
      return ConfigurationLoader.defaults(properties, environment);
    }
  }

  /** The system properties as strings; entries of other types, which are legal, are left out. */
  public static Map<String, String> systemProperties() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      String value = System.getProperty(name);
      if (value != null) {
        properties.put(name, value);
      }
    }
    return properties;
  }

  /** The meter's own version. */
  public static String version() {
    try (InputStream in = EngineLauncher.class.getResourceAsStream("version.txt")) {
      return in == null ? "unknown" : new String(in.readAllBytes(), UTF_8).trim();
    } catch (IOException unreadable) {
      return "unknown";
    }
  }
}
