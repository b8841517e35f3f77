package io.tokenmeter.javaagent.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.stream.Stream;

/** Exits while one call waits for its answer and the streams of two others are being read. */
public final class ExitAmidCalls {
  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"max_tokens\":5,\"stream\":true,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String EVENT =
      "data: {\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";

  private ExitAmidCalls() {}

  public static void main(String[] arguments) throws Exception {
    ServerSocket server = new ServerSocket(0, 3, InetAddress.getLoopbackAddress());
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1/chat/completions"))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(BodyPublishers.ofString(BODY))
            .build();

    client.sendAsync(request, BodyHandlers.ofString());
    accept(server);

    var lines = client.sendAsync(request, BodyHandlers.ofLines());
    answer(accept(server));
    Stream<String> stream = lines.get().body();
    Iterator<String> iterator = stream.iterator();
    System.out.println("line=" + iterator.next());

    var bytes = client.sendAsync(request, BodyHandlers.ofInputStream());
    answer(accept(server));
    InputStream in = bytes.get().body();
    System.out.println("bytes=" + new String(in.readNBytes(4), UTF_8));

    System.exit(0);
  }

  /** A request has arrived whole. */
  private static Socket accept(ServerSocket server) throws Exception {
    Socket connection = server.accept();
    InputStream in = connection.getInputStream();
    StringBuilder request = new StringBuilder();
    while (!request.toString().endsWith(BODY)) {
      request.append((char) in.read());
    }
    return connection;
  }

  private static void answer(Socket connection) throws Exception {
    connection
        .getOutputStream()
        .write(
            ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + EVENT).getBytes(UTF_8));
  }
}
