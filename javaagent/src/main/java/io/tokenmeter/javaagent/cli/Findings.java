package io.tokenmeter.javaagent.cli;

import java.io.PrintWriter;

/** What {@code doctor} found, line by line as it finds it. */
final class Findings {
  private final PrintWriter out;
  private int warnings;
  private int errors;

  Findings(PrintWriter out) {
    this.out = out;
  }

  void heading(String text) {
    out.println();
    out.println(text);
  }

  void fact(String text) {
    out.println("  " + text);
  }

  void ok(String text) {
    out.println("  ok       " + text);
  }

  void warning(String text) {
    warnings++;
    out.println("  WARNING  " + text);
  }

  void error(String text) {
    errors++;
    out.println("  ERROR    " + text);
  }

  PrintWriter out() {
    return out;
  }

  boolean hasErrors() {
    return errors > 0;
  }

  /** All of it in one line. */
  String verdict() {
    if (errors == 0 && warnings == 0) {
      return "Everything is well.";
    }
    return plural(errors, "error") + ", " + plural(warnings, "warning") + ".";
  }

  private static String plural(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
