package io.tokenmeter.javaagent.weaving;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Puts advice at the doors of a class. The advice is not copied into it: {@code invokedynamic}
 * calls stand there, which the bridge links. Fields and methods stay as they are, so that a loaded
 * class can be woven too, and another agent's changes remain. No other class is looked at, let
 * alone loaded.
 */
final class Weaver {
  private static final int NOT_WOVEN =
      Opcodes.ACC_STATIC | Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE;

  private Weaver() {}

  /**
   * @return null if the class has none of the doors
   */
  static byte @Nullable [] weave(byte[] classFile, List<Hook> hooks) {
    ClassReader reader = new ClassReader(classFile);
    Doors doors = new Doors(hooks);
    reader.accept(doors, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    if (doors.found.isEmpty()) {
      return null;
    }
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(new Weaving(writer, doors.found), ClassReader.EXPAND_FRAMES);
    return writer.toByteArray();
  }

  /**
   * A door that a class has.
   *
   * @param locals how many the method has of its own, parameters included
   */
  record Door(Hook hook, int locals) {}

  /** Finds the doors. */
  private static final class Doors extends ClassVisitor {
    private final List<Hook> hooks;
    final Map<String, Door> found = new HashMap<>();

    Doors(List<Hook> hooks) {
      super(Opcodes.ASM9);
      this.hooks = hooks;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      Hook hook = (access & NOT_WOVEN) == 0 ? hookFor(name, descriptor) : null;
      if (hook == null) {
        return null;
      }
      return new MethodVisitor(Opcodes.ASM9) {
        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
          found.put(name.concat(descriptor), new Door(hook, maxLocals));
        }
      };
    }

    private @Nullable Hook hookFor(String name, String descriptor) {
      Type[] parameters = Type.getArgumentTypes(descriptor);
      for (Hook hook : hooks) {
        if (hook.matches(name, parameters.length)
            && areObjects(parameters)
            && (!hook.leaves() || isObject(Type.getReturnType(descriptor)))) {
          return hook;
        }
      }
      return null;
    }

    private static boolean areObjects(Type[] types) {
      for (Type type : types) {
        if (!isObject(type)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isObject(Type type) {
      return type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY;
    }
  }

  private static final class Weaving extends ClassVisitor {
    private final Map<String, Door> doors;
    private String owner = "";

    Weaving(ClassVisitor next, Map<String, Door> doors) {
      super(Opcodes.ASM9, next);
      this.doors = doors;
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        String superName,
        String @Nullable [] interfaces) {
      owner = name;
      super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
      Door door = doors.get(name.concat(descriptor));
      return door == null ? method : new DoorWeaver(method, owner, descriptor, door);
    }
  }
}
