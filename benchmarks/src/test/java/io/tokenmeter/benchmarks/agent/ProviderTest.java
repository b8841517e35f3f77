package io.tokenmeter.benchmarks.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import io.tokenmeter.benchmarks.BenchmarkException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real server in its JVM and the real client. */
class ProviderTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Launcher LAUNCHER = new Launcher(JAVA, Path.of("none"), Path.of("none"));

  @Test
  void calls_plainAndStreamedOverOneConnection_areAnsweredAndCounted() throws Exception {
    try (WorkDirectory work = WorkDirectory.create();
        Provider provider = Provider.start(LAUNCHER, work)) {
      OpenAIClient client = Calls.client(provider.baseUrl());

      Calls.plain(client, Calls.request("How many parcels are left?").build());
      Calls.streamed(
          client,
          Calls.request("x".repeat(300_000))
              .putAdditionalHeader(RequestHead.STREAM_HEADER, "true")
              .build());
      Calls.plain(
          client,
          Calls.request("And now?").putAdditionalHeader("traceparent", "00-1-2-01").build());
      client.close();

      assertThat(provider.requests()).isEqualTo(new Provider.Requests(3, 1));
    }
  }

  @Test
  void run_programThatFails_endsWithItsErrors() throws Exception {
    try (WorkDirectory work = WorkDirectory.create()) {
      List<String> command =
          LAUNCHER.command(Variant.NONE, work, List.of(), OneCall.class, "no base URL");
      try (ChildJvm jvm = ChildJvm.start(command, work.file("errors"))) {
        assertThatThrownBy(jvm::nextReply)
            .isInstanceOf(BenchmarkException.class)
            .hasMessageContaining("Exception in thread \"main\"");
      }
    }
  }
}
