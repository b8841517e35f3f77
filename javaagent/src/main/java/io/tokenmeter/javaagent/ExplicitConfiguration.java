package io.tokenmeter.javaagent;

import java.io.File;
import java.util.Set;

/**
 * Whether the user has set anything. If so the engine starts with the JVM, so that a mistake is
 * said at once and not with the first call.
 */
final class ExplicitConfiguration {
  private static final String PROPERTY_PREFIX = "tokenmeter.";
  private static final String VARIABLE_PREFIX = "TOKENMETER_";
  private static final String FILE = "tokenmeter.yaml";

  private ExplicitConfiguration() {}

  static boolean isPresent() {
    return anyStartsWith(System.getProperties().stringPropertyNames(), PROPERTY_PREFIX)
        || anyStartsWith(System.getenv().keySet(), VARIABLE_PREFIX)
        || new File(new File(userHome(), ".tokenmeter"), FILE).isFile();
  }

  /** As the engine finds it; see there. */
  private static String userHome() {
    String home = System.getProperty("user.home", "");
    String variable = System.getenv("HOME");
    boolean unknown = home.isEmpty() || home.equals("?");
    return unknown && variable != null ? variable : home;
  }

  /** A loop, because a stream would bring the JDK's machinery for it into every start. */
  private static boolean anyStartsWith(Set<String> names, String prefix) {
    for (String name : names) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
