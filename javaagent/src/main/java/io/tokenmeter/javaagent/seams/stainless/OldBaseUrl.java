package io.tokenmeter.javaagent.seams.stainless;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Where calls go in the libraries' first versions (openai-java 1, anthropic-java 1): their requests
 * do not say, the client that they are handed to knows.
 */
final class OldBaseUrl {
  private OldBaseUrl() {}

  /** Null where there is nothing of that kind; the transport's own seam then meters the call. */
  static @Nullable String of(Object retryingClient) {
    try {
      Object transport = read(retryingClient, "httpClient");
      Object url = has(transport, "baseUrl") ? read(transport, "baseUrl") : askBackend(transport);
      return url == null ? null : url.toString();
    } catch (ReflectiveOperationException | RuntimeException notThisVersion) {
      return null;
    }
  }

  private static @Nullable Object askBackend(Object transport) throws ReflectiveOperationException {
    Object backend = read(transport, "backend");
    return Class.forName(
            rootOf(transport) + ".backends.Backend", false, transport.getClass().getClassLoader())
        .getMethod("baseUrl")
        .invoke(backend);
  }

  /** {@code com.anthropic} for {@code com.anthropic.client.okhttp.OkHttpClient}. */
  private static String rootOf(Object transport) {
    String name = transport.getClass().getName();
    return name.substring(0, name.indexOf('.', name.indexOf('.') + 1));
  }

  private static boolean has(Object object, String field) {
    for (Field candidate : object.getClass().getDeclaredFields()) {
      if (candidate.getName().equals(field)) {
        return true;
      }
    }
    return false;
  }

  private static Object read(Object object, String name) throws ReflectiveOperationException {
    Field field = object.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }
}
