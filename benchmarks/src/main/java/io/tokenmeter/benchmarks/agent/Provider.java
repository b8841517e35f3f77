package io.tokenmeter.benchmarks.agent;

import io.tokenmeter.benchmarks.BenchmarkException;
import java.io.IOException;

/** The {@link CannedServer} in its JVM, without an agent. */
final class Provider implements AutoCloseable {
  private final ChildJvm jvm;
  private final String baseUrl;

  private Provider(ChildJvm jvm, String baseUrl) {
    this.jvm = jvm;
    this.baseUrl = baseUrl;
  }

  static Provider start(Launcher launcher, WorkDirectory work)
      throws IOException, BenchmarkException {
    ChildJvm jvm =
        ChildJvm.start(
            launcher.command(Variant.NONE, work, CallJvms.FLAGS, CannedServer.class),
            work.file("server.err"));
    return new Provider(jvm, "http://127.0.0.1:" + jvm.nextReply() + "/v1");
  }

  String baseUrl() {
    return baseUrl;
  }

  /**
   * Requests so far.
   *
   * @param all of every client
   * @param traced those that a tracing agent had marked
   */
  record Requests(long all, long traced) {}

  Requests requests() throws IOException, BenchmarkException {
    String[] counts = jvm.ask(CannedServer.COUNTS).split(" ", -1);
    return new Requests(Long.parseLong(counts[0]), Long.parseLong(counts[1]));
  }

  @Override
  public void close() throws IOException {
    jvm.close();
  }
}
