package io.tokenmeter.javaagent.clients.programs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;

/** Requests by hand over OkHttp 3, 4 and 5. */
final class OkHttpByHand extends ClientProgram {
  private final OkHttpClient client = new OkHttpClient();

  private OkHttpByHand() {
    mode("chat", (url, model, out) -> print(call(ByHand.CHAT, url, model).execute(), out));
    mode("chat-async", this::enqueue);
    mode("chat-failing", this::fail);
    mode("messages", (url, model, out) -> print(call(ByHand.MESSAGES, url, model).execute(), out));
    mode("chat-stream", this::stream);
    mode(
        "chat-interrupted",
        interrupted((url, model, out) -> print(call(ByHand.CHAT, url, model).execute(), out)));
    mode("chat-async-cancelled", this::cancel);
    mode(
        "generate-stream",
        (url, model, out) -> print(call(ByHand.GENERATE_STREAM, url, model).execute(), out));
    mode("chat-stream-closed", this::closeEarly);
    mode("chat-stream-dropped", this::drop);
  }

  public static void main(String[] arguments) throws Exception {
    new OkHttpByHand().serve(arguments);
  }

  @SuppressWarnings("deprecation") // the one order of arguments that OkHttp 3, 4 and 5 have
  private Call call(ByHand what, String url, String model) {
    return client.newCall(
        new Request.Builder()
            .url(url + what.path(model))
            .header("Authorization", "Bearer " + KEY)
            .post(RequestBody.create(MediaType.parse("application/json"), what.body(model)))
            .build());
  }

  private static void print(Response response, PrintWriter out) throws IOException {
    try (response) {
      out.println("status=" + response.code());
      out.println("body=" + response.body().string());
    }
  }

  private void enqueue(String url, String model, PrintWriter out) throws Exception {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    call(ByHand.CHAT, url, model)
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException failure) {
                answer.completeExceptionally(failure);
              }

              @Override
              public void onResponse(Call call, Response response) {
                answer.complete(response);
              }
            });
    print(answer.get(), out);
  }

  private void fail(String url, String model, PrintWriter out) throws IOException {
    OkHttpClient open =
        client
            .newBuilder()
            .addInterceptor(
                chain -> {
                  throw new IOException("circuit is open");
                })
            .build();
    print(open.newCall(call(ByHand.CHAT, url, model).request()).execute(), out);
  }

  private void cancel(String url, String model, PrintWriter out) throws Exception {
    Call call = call(ByHand.CHAT, url, model);
    CompletableFuture<String> outcome = new CompletableFuture<>();
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException failure) {
            outcome.complete(failure.toString());
          }

          @Override
          public void onResponse(Call answered, Response response) {
            response.close();
            outcome.complete("answered");
          }
        });
    call.cancel();
    out.println("cancelled=" + outcome.get());
  }

  private void stream(String url, String model, PrintWriter out) throws IOException {
    try (Response response = call(ByHand.CHAT_STREAM, url, model).execute()) {
      out.println("status=" + response.code());
      BufferedSource source = response.body().source();
      for (String line = source.readUtf8Line(); line != null; line = source.readUtf8Line()) {
        out.println("line=" + line);
      }
    }
  }

  private void closeEarly(String url, String model, PrintWriter out) throws IOException {
    try (Response response = call(ByHand.CHAT_STREAM, url, model).execute()) {
      out.println("line=" + lineWithText(response));
    }
  }

  private void drop(String url, String model, PrintWriter out) throws IOException {
    out.println("line=" + lineWithText(call(ByHand.CHAT_STREAM, url, model).execute()));
  }

  private static String lineWithText(Response response) throws IOException {
    BufferedSource source = response.body().source();
    String line = source.readUtf8LineStrict();
    while (!line.contains("canary")) {
      line = source.readUtf8LineStrict();
    }
    return line;
  }
}
