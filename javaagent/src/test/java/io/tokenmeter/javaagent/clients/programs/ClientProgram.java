package io.tokenmeter.javaagent.clients.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

/**
 * A program that calls a model in whatever way it is told to, and tells what an application sees.
 * It knows its client library and the JDK, nothing of the meter.
 *
 * <p>It connects to the port in its first argument and there reads orders, a line each: {@code MODE
 * MODEL BASE_URL}. To each it writes what it saw, then {@value #END}. Its standard output stays
 * empty.
 */
abstract class ClientProgram {
  static final String END = "--";
  static final String KEY = "sk-canary-key-7z3a91";
  static final String PROMPT = "canary-prompt-5zc8: what is the capital of France?";
  static final int MAX_OUTPUT_TOKENS = 400;

  /** One way to call. */
  @FunctionalInterface
  interface Mode {
    /** Calls {@code model} at {@code baseUrl} and prints what came back. */
    void run(String baseUrl, String model, PrintWriter out) throws Exception;
  }

  private final Map<String, Mode> modes = new LinkedHashMap<>();

  final void mode(String name, Mode mode) {
    modes.put(name, mode);
  }

  final void serve(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      PrintWriter out = new PrintWriter(socket.getOutputStream(), false, UTF_8);
      for (String order = in.readLine(); order != null; order = in.readLine()) {
        String[] words = order.split(" ");
        obey(words[0], words[1], words[2], out);
        out.println(END);
        out.flush();
      }
    }
    // Clients keep threads of their own that would keep the JVM.
    System.exit(0);
  }

  /** Runs a mode on a thread of its own and interrupts it as soon as it waits for something. */
  final Mode interrupted(Mode mode) {
    return (url, model, out) -> {
      CompletableFuture<String> outcome = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  mode.run(url, model, out);
                  outcome.complete("answered");
                } catch (Throwable thrown) {
                  outcome.complete(
                      thrown.getClass().getName()
                          + ", interrupted="
                          + Thread.currentThread().isInterrupted());
                }
              });
      caller.start();
      while (caller.getState() != Thread.State.TIMED_WAITING
          && caller.getState() != Thread.State.WAITING
          && caller.isAlive()) {
        Thread.onSpinWait();
      }
      caller.interrupt();
      out.println("interrupted=" + outcome.get());
    };
  }

  private void obey(String name, String model, String baseUrl, PrintWriter out) {
    try {
      if (name.equals("gc")) {
        System.gc();
      } else if (name.startsWith("virtual-")) {
        onVirtualThread(() -> run(name.substring("virtual-".length()), model, baseUrl, out));
      } else {
        run(name, model, baseUrl, out);
      }
    } catch (Throwable thrown) {
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        out.println("exception=" + cause.getClass().getName() + ": " + cause.getMessage());
      }
    }
  }

  private Void run(String name, String model, String baseUrl, PrintWriter out) throws Exception {
    Mode mode = modes.get(name);
    if (mode == null) {
      throw new IllegalArgumentException("no mode " + name + "; there are " + modes.keySet());
    }
    mode.run(baseUrl, model, out);
    return null;
  }

  /** By reflection: the programs are compiled for JDK 17. */
  private static void onVirtualThread(Callable<Void> task) throws Throwable {
    FutureTask<Void> future = new FutureTask<>(task);
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, future);
    try {
      future.get();
    } catch (java.util.concurrent.ExecutionException failed) {
      throw failed.getCause();
    }
  }
}
