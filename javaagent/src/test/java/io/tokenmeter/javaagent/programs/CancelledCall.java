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
import java.util.concurrent.CompletableFuture;

/** Cancels a call that is on its way, and waits until the server sees the connection close. */
public final class CancelledCall {
  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private CancelledCall() {}

  public static void main(String[] arguments) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<?> call =
          HttpClient.newHttpClient()
              .sendAsync(
                  HttpRequest.newBuilder(
                          URI.create(
                              "http://127.0.0.1:" + server.getLocalPort() + "/v1/chat/completions"))
                      .version(HttpClient.Version.HTTP_1_1)
                      .POST(BodyPublishers.ofString(BODY))
                      .build(),
                  BodyHandlers.ofString());
      try (Socket connection = server.accept()) {
        readRequest(connection.getInputStream());
        System.out.println("cancelled=" + call.cancel(true));
        System.out.println("closed=" + (connection.getInputStream().read() < 0));
      }
    }
  }

  private static void readRequest(InputStream in) throws Exception {
    StringBuilder request = new StringBuilder();
    while (!request.toString().endsWith(BODY)) {
      request.append(new String(new byte[] {(byte) in.read()}, UTF_8));
    }
  }
}
