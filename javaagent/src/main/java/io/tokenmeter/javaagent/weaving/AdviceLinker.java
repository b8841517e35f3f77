package io.tokenmeter.javaagent.weaving;

import io.tokenmeter.javaagent.loading.SeamLoaders;
import io.tokenmeter.javaagent.runtime.Advice;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Links woven call sites to their advice, in a seam class loader for the woven class's own loader.
 * The call site keeps the seam class loader alive, nothing here does: an application that is
 * undeployed takes its seams with it.
 */
public final class AdviceLinker
    implements BiFunction<MethodHandles.Lookup, Object[], @Nullable MethodHandle> {

  /**
   * @param arguments the names of the advice's class and of the method of {@link Advice} to call,
   *     as the weaver wrote them
   */
  @Override
  public @Nullable MethodHandle apply(MethodHandles.Lookup woven, Object[] arguments) {
    String adviceClass = (String) arguments[0];
    String event = (String) arguments[1];
    try {
      Object advice =
          SeamLoaders.forApplication(woven.lookupClass().getClassLoader())
              .loadClass(adviceClass)
              .getConstructor()
              .newInstance();
      for (Method method : Advice.class.getMethods()) {
        if (method.getName().equals(event)) {
          return MethodHandles.publicLookup().unreflect(method).bindTo(advice);
        }
      }
      throw new NoSuchMethodException(event);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot link the advice for " + woven.lookupClass().getName(), e);
    }
  }
}
