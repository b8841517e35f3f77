package io.tokenmeter.javaagent.weaving;

import io.tokenmeter.javaagent.runtime.AgentEngine;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every class that the JVM loads, by its name alone. The weaver, and ASM with it, is
 * loaded only when a class appears that has a door: in most JVMs that an agent is put into, it
 * never does.
 */
public final class TargetTransformer implements ClassFileTransformer {
  private final Map<String, List<Hook>> hooksByInternalName = new HashMap<>();
  private final ClassLoader agentLoader;

  /**
   * @param agentLoader the agent's own loader, whose classes are left alone
   */
  public TargetTransformer(ClassLoader agentLoader) {
    this.agentLoader = agentLoader;
    for (Hook hook : Hooks.ALL) {
      String name = hook.target().replace('.', '/');
      List<Hook> present = hooksByInternalName.get(name);
      if (present == null) {
        present = new ArrayList<>(4);
        hooksByInternalName.put(name, present);
      }
      present.add(hook);
    }
  }

  /** Registers for classes to come, and goes over those that are loaded already. */
  public void install(Instrumentation instrumentation) {
    instrumentation.addTransformer(this, true);
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (isTarget(loaded)) {
        retransform(instrumentation, loaded);
      }
    }
  }

  private boolean isTarget(Class<?> loaded) {
    return !loaded.isArray() && hooksByInternalName.containsKey(loaded.getName().replace('.', '/'));
  }

  private static void retransform(Instrumentation instrumentation, Class<?> target) {
    try {
      instrumentation.retransformClasses(target);
    } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
      AgentEngine.fault("weaving " + target.getName(), e);
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] classFile) {
    if (internalName == null) {
      return null;
    }
    List<Hook> hooks = hooksByInternalName.get(internalName);
    if (hooks == null || loader == agentLoader) {
      return null;
    }
    try {
      if (Hooks.isModelLibrary(internalName)) {
        AgentEngine.warmUp();
      }
      return Weaver.weave(classFile, hooks);
    } catch (Throwable fault) {
      AgentEngine.fault("weaving " + internalName, fault);
      return null;
    }
  }
}
