package io.tokenmeter.javaagent.clients;

/** Requests by hand over OkHttp 4. */
final class OkHttp4IT extends OkHttpContract {
  OkHttp4IT() {
    super("okhttp-4");
  }
}
