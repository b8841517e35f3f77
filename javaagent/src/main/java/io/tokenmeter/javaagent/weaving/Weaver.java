package io.tokenmeter.javaagent.weaving;

import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.not;

import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.TypeResolutionStrategy;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaConstant;
import org.jspecify.annotations.Nullable;

/**
 * Puts advice at the doors of a class. The advice is not copied into it: an {@code invokedynamic}
 * call stands there, which the bridge links. Fields and methods stay as they are, so that a loaded
 * class can be woven too, and another agent's changes remain.
 */
final class Weaver {
  private static @Nullable Weaver instance;

  private final ByteBuddy byteBuddy =
      new ByteBuddy()
          .with(TypeValidation.DISABLED)
          .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE);
  private final MethodDescription.InDefinedShape bootstrap;
  private final MethodDescription.InDefinedShape fault;
  private final ClassFileLocator adviceFiles;
  private final TypePool advice;

  private Weaver(Class<?> bridge, ClassLoader agentLoader) {
    var methods = TypeDescription.ForLoadedType.of(bridge).getDeclaredMethods();
    bootstrap = methods.filter(ElementMatchers.named("bootstrap")).getOnly();
    fault = methods.filter(ElementMatchers.named("fault")).getOnly();
    adviceFiles = new SeamFileLocator(agentLoader);
    advice =
        new TypePool.Default(
            new TypePool.CacheProvider.Simple(),
            adviceFiles,
            TypePool.Default.ReaderMode.FAST,
            TypePool.ClassLoading.of(agentLoader));
  }

  static synchronized Weaver of(Class<?> bridge, ClassLoader agentLoader) {
    if (instance == null) {
      instance = new Weaver(bridge, agentLoader);
    }
    return instance;
  }

  byte[] weave(String name, byte[] classFile, List<Hook> hooks) {
    ClassFileLocator file = ClassFileLocator.Simple.of(name, classFile);
    TypePool pool = new WovenTypePool(file);
    DynamicType.Builder<?> builder = byteBuddy.decorate(pool.describe(name).resolve(), file);
    for (Hook hook : hooks) {
      builder = builder.visit(adviceOf(hook).on(doorOf(hook)));
    }
    return builder.make(TypeResolutionStrategy.Disabled.INSTANCE, pool).getBytes();
  }

  private Advice adviceOf(Hook hook) {
    return Advice.withCustomMapping()
        .bootstrap(bootstrap, Weaver::callSiteArguments)
        .with(new Advice.AssignReturned.Factory())
        .to(advice.describe(hook.advice()).resolve(), adviceFiles)
        .withExceptionHandler(new Advice.ExceptionHandler.Simple(MethodInvocation.invoke(fault)));
  }

  private static Advice.BootstrapArgumentResolver callSiteArguments(
      MethodDescription.InDefinedShape method, boolean exit) {
    return (woven, wovenMethod) ->
        List.of(
            JavaConstant.Simple.ofLoaded(method.getDeclaringType().getName()),
            JavaConstant.Simple.ofLoaded(method.getName()));
  }

  private static ElementMatcher<MethodDescription> doorOf(Hook hook) {
    return not(isStatic())
        .and(
            method ->
                method != null && hook.matches(method.getName(), method.getParameters().size()));
  }
}
