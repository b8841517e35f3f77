package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program: the provider, on a loopback port, in a JVM of its own. Driven over standard input;
 * ends when that ends.
 */
final class CannedServer {
  static final String COUNTS = "counts";

  private final ServerSocket listening;
  private final CannedAnswers answers = new CannedAnswers();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong traced = new AtomicLong();

  private CannedServer(ServerSocket listening) {
    this.listening = listening;
  }

  public static void main(String[] args) throws IOException {
    ServerSocket listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    CannedServer server = new CannedServer(listening);
    daemon("accept", server::accept);
    ChildJvm.reply(Integer.toString(listening.getLocalPort()));
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String command; (command = commands.readLine()) != null; ) {
      if (!command.equals(COUNTS)) {
        throw new IllegalArgumentException("unknown command " + command);
      }
      ChildJvm.reply(server.requests.get() + " " + server.traced.get());
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listening.accept();
        daemon("connection", () -> serve(connection));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      RequestReader reader = new RequestReader(new PromptlyAcknowledged(connection));
      for (RequestHead request; (request = reader.next()) != null; ) {
        requests.incrementAndGet();
        if (request.traced()) {
          traced.incrementAndGet();
        }
        connection.getOutputStream().write(answers.answer(request));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
