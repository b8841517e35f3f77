package io.tokenmeter.javaagent.clients;

/** Requests by hand over OkHttp 3.14. */
final class OkHttp3IT extends OkHttpContract {
  OkHttp3IT() {
    super("okhttp-3");
  }
}
