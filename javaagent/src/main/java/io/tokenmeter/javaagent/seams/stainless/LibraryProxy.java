package io.tokenmeter.javaagent.seams.stainless;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An object of one of a library's interfaces. What it does not do itself goes to the original; the
 * interface's default methods run on the proxy, so that they see what it does itself.
 */
abstract class LibraryProxy implements InvocationHandler {
  private final @Nullable Object original;

  LibraryProxy(@Nullable Object original) {
    this.original = original;
  }

  static Object implementing(Class<?> type, LibraryProxy handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  @Override
  public final @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> original == null ? getClass().getSimpleName() : original.toString();
      };
    }
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return call(method, arguments);
  }

  /** Carries out an abstract method of the interface. */
  abstract @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable;

  final @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments) {
    return Member.invoke(method, original, arguments);
  }
}
