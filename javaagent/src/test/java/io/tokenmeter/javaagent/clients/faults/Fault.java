package io.tokenmeter.javaagent.clients.faults;

import java.io.File;
import net.bytebuddy.asm.Advice;

/** Stands at the entry of every method that is to throw; throws while the switch file is there. */
public final class Fault {
  /** The system property that names the file. */
  public static final String SWITCH = "injected.faults";

  private Fault() {}

  @Advice.OnMethodEnter
  static void enter() {
    if (new File(System.getProperty("injected.faults")).exists()) {
      throw new IllegalStateException("injected-fault");
    }
  }
}
