package io.tokenmeter.javaagent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;

/** Reads one API key. */
@FunctionalInterface
interface KeyInput {
  /** The key without surrounding blanks; empty if none was given. */
  String read() throws IOException;

  /** From the terminal without echo where there is one, else the first line of the stream. */
  static KeyInput of(@Nullable Console console, InputStream in) {
    if (console == null) {
      return () -> {
        String line = new BufferedReader(new InputStreamReader(in, UTF_8)).readLine();
        return line == null ? "" : line.strip();
      };
    }
    return () -> {
      char[] typed = console.readPassword("API key (it is not shown): ");
      return typed == null ? "" : new String(typed).strip();
    };
  }
}
