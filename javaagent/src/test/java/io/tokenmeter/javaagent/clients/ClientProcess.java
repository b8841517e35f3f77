package io.tokenmeter.javaagent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.javaagent.testing.ForkedJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client program in its own JVM, which does what it is told and says what it saw. */
final class ClientProcess implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final String END = "--";

  private final ForkedJvm.Running jvm;
  private final Socket socket;
  private final BufferedReader in;
  private final PrintWriter out;

  private ClientProcess(ForkedJvm.Running jvm, Socket socket) throws IOException {
    this.jvm = jvm;
    this.socket = socket;
    this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    this.out = new PrintWriter(socket.getOutputStream(), true, UTF_8);
  }

  /**
   * Starts a program of the package {@code programs}.
   *
   * @param jvm with the agent or without, without a main class's arguments
   */
  static ClientProcess start(ForkedJvm jvm) {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      door.setSoTimeout(PATIENCE_MILLIS);
      ForkedJvm.Running running = jvm.arguments(door.getLocalPort()).start();
      try {
        Socket socket = door.accept();
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new ClientProcess(running, socket);
      } catch (IOException e) {
        throw new AssertionError("the program did not come up: " + running.await(Duration.ZERO), e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JVM with a program and one library's class path, as src/clients resolved it. */
  static ForkedJvm jvm(String program, String library) {
    ForkedJvm jvm =
        ForkedJvm.running(ClientProcess.class.getPackageName() + ".programs." + program)
            .classPath(ForkedJvm.locationOf(ClientProcess.class))
            .jvmArguments("-Xmx400m");
    return library.isEmpty() ? jvm : jvm.classPath(libraries(library));
  }

  private static List<Path> libraries(String library) {
    Path list = Path.of("src", "clients", library, "target", "classpath.txt");
    try {
      return ForkedJvm.split(Files.readString(list));
    } catch (IOException e) {
      throw new UncheckedIOException("no class path of " + library + "; a full build writes it", e);
    }
  }

  /** Lets the program make one call; returns what it saw, line by line. */
  List<String> call(String mode, String model, String url) {
    out.println(mode + " " + model + " " + url);
    List<String> seen = new ArrayList<>();
    try {
      for (String line = in.readLine(); !END.equals(line); line = in.readLine()) {
        if (line == null) {
          throw new AssertionError("the program is gone: " + jvm.await(Duration.ofSeconds(5)));
        }
        seen.add(line);
      }
    } catch (IOException e) {
      jvm.close();
      throw new AssertionError("no answer to " + mode + ", until now: " + seen, e);
    }
    return seen;
  }

  /** Lets the program collect its garbage. */
  void collectGarbage() {
    call("gc", "-", "-");
  }

  /** Lets the program come to its own end; returns what it printed. */
  ForkedJvm.Result finish() {
    close(socket);
    return jvm.await(Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    close(socket);
    jvm.close();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
