package io.tokenmeter.javaagent.programs;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Calls over HTTP/2, several at a time on one connection, to the address in the argument. */
public final class Http2Calls {
  private static final int AT_A_TIME = 8;
  private static final String PATH = "/v1/chat/completions";
  private static final String PLAIN =
      "{\"model\":\"gpt-4o\",\"max_tokens\":50,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  private static final String STREAM =
      PLAIN.replace(
          "{\"model", "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model");

  private Http2Calls() {}

  public static void main(String[] arguments) throws Exception {
    X509ExtendedTrustManager trusting = new Trusting();
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {trusting}, null);
    jdk(arguments[0] + PATH, tls);
    okHttp(arguments[0] + PATH, tls, trusting);
    System.exit(0); // the clients keep threads
  }

  private static void jdk(String url, SSLContext tls) throws Exception {
    HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
    HttpResponse<String> first = client.send(request(url, PLAIN), BodyHandlers.ofString());
    System.out.println("jdk=" + first.version() + " " + first.statusCode() + " " + first.body());
    List<CompletableFuture<HttpResponse<Stream<String>>>> streams =
        Stream.generate(() -> client.sendAsync(request(url, STREAM), BodyHandlers.ofLines()))
            .limit(AT_A_TIME)
            .toList();
    for (CompletableFuture<HttpResponse<Stream<String>>> stream : streams) {
      HttpResponse<Stream<String>> response = stream.get();
      System.out.println("jdk=" + response.version() + " " + response.body().toList());
    }
  }

  private static HttpRequest request(String url, String body) {
    return HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build();
  }

  private static void okHttp(String url, SSLContext tls, X509ExtendedTrustManager trusting)
      throws Exception {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .sslSocketFactory(tls.getSocketFactory(), trusting)
            .hostnameVerifier((host, session) -> true)
            .build();
    System.out.println("okhttp=" + call(client, url, PLAIN));
    CountDownLatch done = new CountDownLatch(AT_A_TIME);
    for (int i = 0; i < AT_A_TIME; i++) {
      new Thread(
              () -> {
                System.out.println("okhttp=" + call(client, url, STREAM));
                done.countDown();
              })
          .start();
    }
    done.await();
  }

  private static String call(OkHttpClient client, String url, String body) {
    Request request =
        new Request.Builder()
            .url(url)
            .post(RequestBody.create(body, MediaType.get("application/json")))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return response.protocol() + " " + response.code() + " " + response.body().string().strip();
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  /** Trusts everybody, whatever their name is. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
