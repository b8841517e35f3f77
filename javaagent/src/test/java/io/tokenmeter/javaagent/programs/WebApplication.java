package io.tokenmeter.javaagent.programs;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** Calls the model whose address is in a system property, as a request of a web application. */
public final class WebApplication implements Runnable {
  /** Where the model is. */
  static final String URL = "model";

  private static final String BODY =
      "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

  /** What frameworks leave on the threads of a container, for all threads that come of them. */
  private static final InheritableThreadLocal<Object> CONTEXT = new InheritableThreadLocal<>();

  @Override
  public void run() {
    CONTEXT.set(this);
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(System.getProperty(URL)))
              .POST(BodyPublishers.ofString(BODY))
              .build();
      // On no thread of a pool, which would be let go of by and by only.
      HttpClient client = HttpClient.newBuilder().executor(Runnable::run).build();
      System.out.println("status=" + client.send(request, BodyHandlers.ofString()).statusCode());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      CONTEXT.remove();
    }
  }
}
