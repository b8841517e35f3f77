package io.tokenmeter.javaagent.programs;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.concurrent.CountDownLatch;

/** Tells when a span has ended. */
final class Countdown implements SpanProcessor {
  private final CountDownLatch latch;

  Countdown(CountDownLatch latch) {
    this.latch = latch;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    latch.countDown();
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
