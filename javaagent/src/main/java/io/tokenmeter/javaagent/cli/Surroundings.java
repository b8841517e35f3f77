package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.engine.config.ConfigurationLoader;
import java.io.InputStream;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * What a command sees of the world.
 *
 * @param properties system properties
 * @param environment environment variables
 * @param in standard input
 * @param keys where an API key is typed or piped in
 * @param clock the wall clock
 */
record Surroundings(
    Map<String, String> properties,
    Map<String, String> environment,
    InputStream in,
    KeyInput keys,
    InstantSource clock) {

  static Surroundings ofThisProcess() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name, ""));
    }
    // What the kernel says goes before what -Duser.name claims.
    ProcessHandle.current().info().user().ifPresent(user -> properties.put("user.name", user));
    return new Surroundings(
        properties,
        System.getenv(),
        System.in,
        KeyInput.of(System.console(), System.in),
        Clock.systemUTC());
  }

  Configuration configuration() throws ConfigurationException {
    return ConfigurationLoader.load(properties, environment);
  }
}
