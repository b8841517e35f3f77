package io.tokenmeter.javaagent.seams.stainless;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The HTTP types of one generated library: {@code com.openai} and {@code com.anthropic} have them
 * with the same names and shapes under different roots.
 */
record Library(Requests requests, Responses responses) {
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
}
