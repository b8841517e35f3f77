package java.lang;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The one class of ours that every class loader and every module can see. It holds JDK types only
 * and does nothing itself: woven call sites are linked through it, and all copies of the API meet
 * in it.
 */
public final class TokenMeterBridge {
  /** Who pays for the calls of a thread, shared by every copy of the API and the agent. */
  public static final ThreadLocal<Map<String, String>> ATTRIBUTION = new ThreadLocal<>();

  /** The agent's engine for copies of the API, by operation name; null until there is one. */
  public static volatile BiFunction<String, Map<String, Object>, Map<String, Object>> api;

  /**
   * Finds the advice for a woven class: takes the class and what the weaver wrote at the call site;
   * gives null if the advice cannot be linked there.
   */
  public static volatile BiFunction<MethodHandles.Lookup, Object[], MethodHandle> resolver;

  /** Hears of what advice threw. */
  public static volatile Consumer<Throwable> faults;

  private TokenMeterBridge() {}

  /**
   * Links a woven call site to its advice; to something that does nothing where there is none.
   *
   * @param event the method of this class that stands in where advice fails
   */
  public static CallSite bootstrap(
      MethodHandles.Lookup caller, String event, MethodType type, Object... arguments)
      throws ReflectiveOperationException {
    MethodHandle otherwise =
        MethodHandles.lookup()
            .findStatic(
                TokenMeterBridge.class, event, type.insertParameterTypes(0, Throwable.class));
    try {
      BiFunction<MethodHandles.Lookup, Object[], MethodHandle> finder = resolver;
      MethodHandle advice = finder == null ? null : finder.apply(caller, arguments);
      if (advice != null) {
        return new ConstantCallSite(
            MethodHandles.catchException(advice.asType(type), Throwable.class, otherwise));
      }
    } catch (Throwable fault) {
      fault(fault);
    }
    return new ConstantCallSite(MethodHandles.insertArguments(otherwise, 0, (Object) null));
  }

  /** The call goes on untouched. */
  static Object[] onEnter(Throwable fault, Object self, Object[] arguments) {
    fault(fault);
    return null;
  }

  /** The method returns what it would. */
  static Object onReturn(Throwable fault, Object result, Object self, Object[] entered) {
    fault(fault);
    return result;
  }

  /** The method throws what it would. */
  static void onThrow(Throwable fault, Throwable thrown, Object self, Object[] entered) {
    fault(fault);
  }

  /** Swallows what advice threw, after telling. */
  private static void fault(Throwable fault) {
    try {
      Consumer<Throwable> listener = faults;
      if (listener != null && fault != null) {
        listener.accept(fault);
      }
    } catch (Throwable ignored) {
      // There is nobody left to tell, and the application's call goes on.
    }
  }
}
