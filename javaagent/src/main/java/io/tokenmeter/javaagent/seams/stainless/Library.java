package io.tokenmeter.javaagent.seams.stainless;

import static java.util.Objects.requireNonNull;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The HTTP types of one generated library: {@code com.openai} and {@code com.anthropic} have them
 * with the same names and shapes under different roots.
 */
record Library(String root, Requests requests, Responses responses) {
  /** By the class of an object of a library; one class loader has few, and this class with it. */
  private static final Map<Class<?>, Library> KNOWN = new ConcurrentHashMap<>();

  /**
   * @param object of one of the library's own classes, in whatever package under its root
   */
  static Library of(Object object) {
    Library known = KNOWN.get(object.getClass()); // takes no lock, which computing may
    return known == null ? KNOWN.computeIfAbsent(object.getClass(), Library::behind) : known;
  }

  private static Library behind(Class<?> type) {
    String name = type.getName();
    int root = name.indexOf('.', name.indexOf('.') + 1);
    String http = name.substring(0, root) + ".core.http.";
    try {
      ClassLoader loader = type.getClassLoader();
      return new Library(
          name.substring(0, root),
          new Requests(
              Class.forName(http + "HttpRequest", false, loader),
              Class.forName(http + "HttpRequestBody", false, loader),
              Class.forName(http + "Headers", false, loader)),
          new Responses(
              Class.forName(http + "HttpResponse", false, loader),
              Class.forName(http + "Headers", false, loader)));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this version is not known: " + name, e);
    }
  }

  /** Sends a call as the library itself would. */
  CompletableFuture<?> executeAsync(Object client, Object request, Object options) {
    for (Method method : client.getClass().getMethods()) {
      if (method.getName().equals("executeAsync")
          && method.getParameterCount() == 2
          && method.getParameterTypes()[0].isInstance(request)
          && method.getParameterTypes()[1].isInstance(options)) {
        return (CompletableFuture<?>)
            requireNonNull(Member.invoke(method, client, request, options));
      }
    }
    throw new IllegalStateException("this version is not known: " + client.getClass().getName());
  }

  /** What the library throws where its transport is interrupted. */
  RuntimeException interrupted() {
    InterruptedIOException cause = new InterruptedIOException("interrupted");
    String simpleName = root.equals("com.openai") ? "OpenAIIoException" : "AnthropicIoException";
    try {
      return (RuntimeException)
          Class.forName(root + ".errors." + simpleName, true, responses.type().getClassLoader())
              .getConstructor(String.class, Throwable.class)
              .newInstance("Request failed", cause);
    } catch (ReflectiveOperationException notThisVersion) {
      return new UncheckedIOException(cause);
    }
  }
}
