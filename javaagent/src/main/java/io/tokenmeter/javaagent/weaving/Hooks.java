package io.tokenmeter.javaagent.weaving;

import java.util.List;

/** All doors of all seams. */
final class Hooks {
  private static final String JDK = "io.tokenmeter.javaagent.seams.jdk.";
  private static final String OKHTTP = "io.tokenmeter.javaagent.seams.okhttp.";
  private static final String STAINLESS = "io.tokenmeter.javaagent.seams.stainless.";
  private static final String OLD_OKHTTP_CALL = "okhttp3.RealCall";
  private static final String OKHTTP_CALL = "okhttp3.internal.connection.RealCall";
  private static final String CHAIN = "getResponseWithInterceptorChain";
  private static final String OPENAI = "com.openai.core.http.RetryingHttpClient";
  private static final String ANTHROPIC = "com.anthropic.core.http.RetryingHttpClient";

  static final List<Hook> ALL =
      List.of(
          // OkHttp 3, then 4 and 5
          new Hook(OLD_OKHTTP_CALL, CHAIN, 0, 0, true, OKHTTP.concat("CallAdvice")),
          new Hook(OLD_OKHTTP_CALL, "enqueue", 1, 0, false, OKHTTP.concat("EnqueueAdvice")),
          new Hook(OKHTTP_CALL, CHAIN, 0, 0, true, OKHTTP.concat("CallAdvice")),
          new Hook(OKHTTP_CALL, "enqueue", 1, 0, false, OKHTTP.concat("EnqueueAdvice")),
          new Hook(
              "okhttp3.internal.http.RealInterceptorChain",
              "proceed",
              1,
              1,
              false,
              OKHTTP.concat("ProceedAdvice")),
          // The last interceptor, which speaks with the server
          new Hook(
              "okhttp3.internal.http.CallServerInterceptor",
              "intercept",
              1,
              0,
              false,
              OKHTTP.concat("SendingAdvice")),
          // The one private method that every kind of sending goes through
          new Hook(
              "jdk.internal.net.http.HttpClientImpl", "sendAsync", 4, 2, true, JDK + "SendAdvice"),
          stainless(OPENAI, "execute", "ExecuteAdvice"),
          stainless(OPENAI, "executeAsync", "ExecuteAsyncAdvice"),
          stainless(ANTHROPIC, "execute", "ExecuteAdvice"),
          stainless(ANTHROPIC, "executeAsync", "ExecuteAsyncAdvice"),
          // Where each attempt of theirs goes out, on whatever thread; Spring AI 2 brings its own
          attempt("com.openai.client.okhttp.OkHttpClient", "execute"),
          attempt("com.openai.client.okhttp.OkHttpClient", "executeAsync"),
          attempt("com.anthropic.client.okhttp.OkHttpClient", "execute"),
          attempt("com.anthropic.client.okhttp.OkHttpClient", "executeAsync"),
          attempt("org.springframework.ai.openai.http.okhttp.SpringAiOpenAiHttpClient", "execute"),
          attempt(
              "org.springframework.ai.openai.http.okhttp.SpringAiOpenAiHttpClient", "executeAsync"),
          attempt(
              "org.springframework.ai.anthropic.http.okhttp.SpringAiAnthropicHttpClient",
              "execute"),
          attempt(
              "org.springframework.ai.anthropic.http.okhttp.SpringAiAnthropicHttpClient",
              "executeAsync"));

  private Hooks() {}

  /** Whether a target belongs to a library that does nothing but call models. */
  static boolean isModelLibrary(String internalName) {
    return internalName.startsWith("com/openai/") || internalName.startsWith("com/anthropic/");
  }

  // concat, because + would bring the JDK's machinery for it into every start.

  private static Hook stainless(String target, String method, String advice) {
    return new Hook(target, method, 2, 1, true, STAINLESS.concat(advice));
  }

  private static Hook attempt(String target, String method) {
    return new Hook(target, method, 2, 0, true, STAINLESS.concat("AttemptAdvice"));
  }
}
