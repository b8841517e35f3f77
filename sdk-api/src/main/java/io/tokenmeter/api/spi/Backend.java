package io.tokenmeter.api.spi;

import java.util.Map;

/**
 * An engine behind the API, called by operation name with JDK types only, so that an API copy in
 * any class loader, of any version, can talk to it. {@link Protocol} names operations and keys.
 *
 * <p>Found by {@link java.util.ServiceLoader} when no agent is attached. Thread-safe; throws
 * nothing.
 */
@FunctionalInterface
public interface Backend {
  /**
   * Carries out an operation.
   *
   * @param operation one of {@link Protocol}'s operations
   * @param arguments its arguments; unknown ones are ignored
   * @return its result, or a map with {@link Protocol#ERROR} where the operation is not known or
   *     failed
   */
  Map<String, Object> call(String operation, Map<String, Object> arguments);
}
