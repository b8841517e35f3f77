package io.tokenmeter.javaagent.clients;

/** Requests by hand over OkHttp 5. */
final class OkHttp5IT extends OkHttpContract {
  OkHttp5IT() {
    super("okhttp-5");
  }
}
