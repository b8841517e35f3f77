package io.tokenmeter.javaagent.weaving;

import java.util.List;

/** All doors of all seams. */
final class Hooks {
  private static final String JDK = "io.tokenmeter.javaagent.seams.jdk.";
  private static final String OKHTTP = "io.tokenmeter.javaagent.seams.okhttp.";
  private static final String STAINLESS = "io.tokenmeter.javaagent.seams.stainless.";
  private static final String OLD_OKHTTP_CALL = "okhttp3.RealCall";
  private static final String OKHTTP_CALL = "okhttp3.internal.connection.RealCall";
  private static final String OPENAI = "com.openai.core.http.RetryingHttpClient";
  private static final String ANTHROPIC = "com.anthropic.core.http.RetryingHttpClient";

  static final List<Hook> ALL =
      List.of(
          // OkHttp 3, then 4 and 5
          okHttp(OLD_OKHTTP_CALL, "getResponseWithInterceptorChain", 0, "CallAdvice"),
          okHttp(OLD_OKHTTP_CALL, "enqueue", 1, "EnqueueAdvice"),
          okHttp(OKHTTP_CALL, "getResponseWithInterceptorChain", 0, "CallAdvice"),
          okHttp(OKHTTP_CALL, "enqueue", 1, "EnqueueAdvice"),
          okHttp("okhttp3.internal.http.RealInterceptorChain", "proceed", 1, "ProceedAdvice"),
          // The one private method that every kind of sending goes through
          new Hook("jdk.internal.net.http.HttpClientImpl", "sendAsync", 4, JDK + "SendAdvice"),
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

  private static Hook okHttp(String target, String method, int parameters, String advice) {
    return new Hook(target, method, parameters, OKHTTP.concat(advice));
  }

  private static Hook stainless(String target, String method, String advice) {
    return new Hook(target, method, 2, STAINLESS.concat(advice));
  }

  private static Hook attempt(String target, String method) {
    return stainless(target, method, "AttemptAdvice");
  }
}
