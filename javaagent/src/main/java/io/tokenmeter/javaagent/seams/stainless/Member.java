package io.tokenmeter.javaagent.seams.stainless;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A public method of a library's type, found once. */
final class Member {
  private final Method method;

  /**
   * @throws IllegalStateException if the library has no such method; its calls then go unmetered by
   *     this seam
   */
  Member(Class<?> type, String name, Class<?>... parameters) {
    try {
      method = type.getMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("this version is not known: " + type.getName(), e);
    }
  }

  /** For a method that gives null. */
  @Nullable Object find(@Nullable Object target, Object... arguments) {
    return invoke(method, target, arguments);
  }

  Object get(@Nullable Object target, Object... arguments) {
    return Objects.requireNonNull(find(target, arguments), method.getName());
  }

  /** Calls a method; what it throws comes out as it is. */
  static @Nullable Object invoke(
      Method method, @Nullable Object target, @Nullable Object @Nullable ... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw Member.<RuntimeException>asIs(e.getCause() == null ? e : e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws what javac cannot see
  private static <E extends Throwable> E asIs(Throwable failure) throws E {
    throw (E) failure;
  }
}
