package io.tokenmeter.samples;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Work that goes on until the model is refused a few times running. */
final class Shift {
  /** A safety net, far above what the demo's budget pays for. */
  private static final int MOST_CALLS = 200;

  private static final int REFUSALS = 4;

  private Shift() {}

  /** Someone who asks a model. */
  interface Worker {
    /**
     * Does one piece of work.
     *
     * @param number counts up from 0
     * @throws Refused if the client library says that the quota is used up
     */
    String answer(int number) throws Refused;
  }

  /** The client library's own exception for a quota that is used up. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(RuntimeException cause) {
      super(cause.getClass().getName() + ": " + cause.getMessage(), cause);
    }
  }

  /** Works, says so on standard output, and ends the JVM: 0 if the budget was used up. */
  static void work(String name, Worker worker) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int answered = 0;
    int refused = 0;
    while (refused < REFUSALS && answered < MOST_CALLS) {
      try {
        out.println(name + ": " + worker.answer(answered + refused));
        answered++;
      } catch (Refused refusal) {
        out.println(name + ": refused by " + refusal.getMessage());
        refused++;
      }
    }
    out.println(name + ": answered=" + answered + " refused=" + refused);
    // The clients keep threads of their own for a while.
    System.exit(refused == REFUSALS ? 0 : 1);
  }
}
