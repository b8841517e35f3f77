package io.tokenmeter.javaagent.weaving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Weaves one method. What it becomes, in Java:
 *
 * <pre>
 * Object[] entered = onEnter(this, new Object[] {first, second});
 * if (entered != null) {
 *   if (entered[0] instanceof Throwable) {
 *     throw entered[0];
 *   }
 *   if (entered[0] != null) {
 *     return entered[0];
 *   }
 *   first = entered[2];
 * }
 * try {
 *   ... return onReturn(result, this, entered);
 * } catch (Throwable thrown) {
 *   onThrow(thrown, this, entered);
 *   throw thrown;
 * }
 * </pre>
 *
 * <p>{@code entered} lives behind the method's own variables, so that its instructions stay as they
 * are; only its stack map frames learn of one variable more. The frames that are added name no type
 * but the method's own.
 */
final class DoorWeaver extends MethodVisitor {
  private static final String OBJECT = "java/lang/Object";
  private static final String OBJECTS = "[Ljava/lang/Object;";
  private static final String THROWABLE = "java/lang/Throwable";
  private static final int FIRST_ARGUMENT = 2;

  /** The most that is on the stack at once, beside what the method has there. */
  private static final int STACK = 6;

  private static final Handle BOOTSTRAP =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          "java/lang/TokenMeterBridge",
          "bootstrap",
          "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
              .concat("[Ljava/lang/Object;)Ljava/lang/invoke/CallSite;"),
          false);

  private final String owner;
  private final Type[] parameters;
  private final Type result;
  private final Hook hook;

  /** Where {@code entered} lives. */
  private final int entered;

  private final Label bodyStart = new Label();
  private final Label bodyEnd = new Label();

  DoorWeaver(MethodVisitor next, String owner, String descriptor, Weaver.Door door) {
    super(Opcodes.ASM9, next);
    this.owner = owner;
    this.parameters = Type.getArgumentTypes(descriptor);
    this.result = Type.getReturnType(descriptor);
    this.hook = door.hook();
    this.entered = door.locals();
  }

  @Override
  public void visitCode() {
    super.visitCode();
    super.visitVarInsn(Opcodes.ALOAD, 0);
    loadArguments();
    call("onEnter", "(Ljava/lang/Object;[Ljava/lang/Object;)[Ljava/lang/Object;");
    super.visitVarInsn(Opcodes.ASTORE, entered);
    super.visitVarInsn(Opcodes.ALOAD, entered);
    super.visitJumpInsn(Opcodes.IFNULL, bodyStart);
    if (hook.leaves()) {
      giveStandIn();
    }
    for (int i = 0; i < hook.replaced(); i++) {
      loadEntered(FIRST_ARGUMENT + i);
      super.visitTypeInsn(Opcodes.CHECKCAST, parameters[i].getInternalName());
      super.visitVarInsn(Opcodes.ASTORE, 1 + i);
    }
    super.visitLabel(bodyStart);
    visitFrameOfEntry();
  }

  private void loadArguments() {
    super.visitInsn(Opcodes.ICONST_0 + parameters.length);
    super.visitTypeInsn(Opcodes.ANEWARRAY, OBJECT);
    for (int i = 0; i < parameters.length; i++) {
      super.visitInsn(Opcodes.DUP);
      super.visitInsn(Opcodes.ICONST_0 + i);
      super.visitVarInsn(Opcodes.ALOAD, 1 + i);
      super.visitInsn(Opcodes.AASTORE);
    }
  }

  private void giveStandIn() {
    Label noThrowable = new Label();
    Label goOn = new Label();
    loadEntered(0);
    super.visitTypeInsn(Opcodes.INSTANCEOF, THROWABLE);
    super.visitJumpInsn(Opcodes.IFEQ, noThrowable);
    loadEntered(0);
    super.visitTypeInsn(Opcodes.CHECKCAST, THROWABLE);
    super.visitInsn(Opcodes.ATHROW);
    super.visitLabel(noThrowable);
    visitFrameOfEntry();
    loadEntered(0);
    super.visitJumpInsn(Opcodes.IFNULL, goOn);
    loadEntered(0);
    super.visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
    super.visitInsn(Opcodes.ARETURN);
    super.visitLabel(goOn);
    visitFrameOfEntry();
  }

  private void loadEntered(int index) {
    super.visitVarInsn(Opcodes.ALOAD, entered);
    super.visitInsn(Opcodes.ICONST_0 + index);
    super.visitInsn(Opcodes.AALOAD);
  }

  /** The parameters are what they were; the NOP keeps it apart from a frame of the method's own. */
  private void visitFrameOfEntry() {
    Object[] locals = new Object[1 + parameters.length];
    locals[0] = owner;
    for (int i = 0; i < parameters.length; i++) {
      locals[1 + i] = parameters[i].getInternalName();
    }
    Object[] all = withEntered(locals, locals.length);
    super.visitFrame(Opcodes.F_NEW, all.length, all, 0, new Object[0]);
    super.visitInsn(Opcodes.NOP);
  }

  @Override
  public void visitFrame(
      int type,
      int localCount,
      Object @Nullable [] locals,
      int stackCount,
      Object @Nullable [] stack) {
    if (hook.leaves() && locals != null) {
      Object[] all = withEntered(locals, localCount);
      super.visitFrame(type, all.length, all, stackCount, stack);
    } else {
      super.visitFrame(type, localCount, locals, stackCount, stack);
    }
  }

  private Object[] withEntered(Object[] locals, int localCount) {
    int size = 0;
    for (int i = 0; i < localCount; i++) {
      size += locals[i] == Opcodes.LONG || locals[i] == Opcodes.DOUBLE ? 2 : 1;
    }
    Object[] all = Arrays.copyOf(locals, localCount + entered - size + 1);
    Arrays.fill(all, localCount, all.length - 1, Opcodes.TOP);
    all[all.length - 1] = OBJECTS;
    return all;
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode == Opcodes.ARETURN && hook.leaves()) {
      super.visitVarInsn(Opcodes.ALOAD, 0);
      super.visitVarInsn(Opcodes.ALOAD, entered);
      call(
          "onReturn",
          "(Ljava/lang/Object;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;");
      super.visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
    }
    super.visitInsn(opcode);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    if (hook.leaves()) {
      super.visitLabel(bodyEnd);
      super.visitTryCatchBlock(bodyStart, bodyEnd, bodyEnd, THROWABLE);
      visitHandler();
    }
    super.visitMaxs(maxStack + STACK, Math.max(maxLocals, entered) + 1);
  }

  /** All that is known here of the method's own variables is the object that it belongs to. */
  private void visitHandler() {
    Object[] locals = withEntered(new Object[] {owner}, 1);
    super.visitFrame(Opcodes.F_NEW, locals.length, locals, 1, new Object[] {THROWABLE});
    super.visitInsn(Opcodes.DUP);
    super.visitVarInsn(Opcodes.ALOAD, 0);
    super.visitVarInsn(Opcodes.ALOAD, entered);
    call("onThrow", "(Ljava/lang/Throwable;Ljava/lang/Object;[Ljava/lang/Object;)V");
    super.visitInsn(Opcodes.ATHROW);
  }

  private void call(String event, String descriptor) {
    super.visitInvokeDynamicInsn(event, descriptor, BOOTSTRAP, hook.advice(), event);
  }
}
