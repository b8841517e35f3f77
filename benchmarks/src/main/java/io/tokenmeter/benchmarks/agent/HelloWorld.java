package io.tokenmeter.benchmarks.agent;

import java.io.IOException;

/** A program without any client. Says its peak memory as its last act. */
final class HelloWorld {
  private HelloWorld() {}

  public static void main(String[] args) throws IOException {
    System.out.println("Hello, world");
    ChildJvm.reply(Long.toString(PeakMemory.bytes()));
  }
}
