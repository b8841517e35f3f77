package io.tokenmeter.api;

import io.tokenmeter.api.spi.Backend;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way from this copy of the API to the agent.
 *
 * <p>An application may hold several copies of the API, one a class loader (Tomcat loads a web
 * application's own copy first). They all meet in one class of the boot loader that the agent
 * defines, and hand only JDK types across.
 */
final class Bridge {
  private static final String BOOT_CLASS = "java.lang.TokenMeterBridge";

  private Bridge() {}

  /** The one attribution of all API copies and the agent; this copy's own without an agent. */
  @SuppressWarnings("unchecked")
  static ThreadLocal<@Nullable Map<String, String>> attribution() {
    Object shared = read("ATTRIBUTION");
    return shared == null
        ? new ThreadLocal<>()
        : (ThreadLocal<@Nullable Map<String, String>>) shared;
  }

  /** The agent's engine, or null where no agent is attached. */
  @SuppressWarnings("unchecked")
  static @Nullable Backend agent() {
    Object api = read("api");
    if (api == null) {
      return null;
    }
    BiFunction<String, Map<String, Object>, Map<String, Object>> function =
        (BiFunction<String, Map<String, Object>, Map<String, Object>>) api;
    return function::apply;
  }

  private static @Nullable Object read(String fieldName) {
    try {
      Field field = Class.forName(BOOT_CLASS, true, null).getField(fieldName);
      return field.get(null);
    } catch (ReflectiveOperationException noAgent) {
      return null;
    }
  }
}
