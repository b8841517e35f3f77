package io.tokenmeter.javaagent.programs;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** An application whose body handler throws at every status but 200. */
public final class PickyHandler {
  private PickyHandler() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    AtomicInteger hits = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          hits.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/chat/completions"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
            .build();
    try {
      HttpClient.newHttpClient().send(request, PickyHandler::handler);
      System.out.println("outcome=answered");
    } catch (IOException failed) {
      System.out.println("outcome=failed");
    }
    System.out.println("hits=" + hits.get());
    server.stop(0);
  }

  private static HttpResponse.BodySubscriber<String> handler(HttpResponse.ResponseInfo info) {
    if (info.statusCode() != 200) {
      throw new IllegalStateException("status " + info.statusCode());
    }
    return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
  }
}
