package io.tokenmeter.javaagent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tokenmeter.javaagent.clients.faults.Fault;
import io.tokenmeter.javaagent.clients.faults.FaultAgent;
import io.tokenmeter.javaagent.clients.faults.FaultAgentJar;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.stub.Reply;
import io.tokenmeter.stub.StubProvider;
import io.tokenmeter.stub.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever throws inside the meter, clients keep working. A second agent rewrites the classes of
 * one of the meter's rooms as they are loaded, so that each of their public methods throws.
 */
final class FaultInjectionIT {
  private static final List<String> OPENAI_JAVA =
      List.of(
          "chat",
          "chat-async",
          "chat-stream",
          "chat-stream-async",
          "chat-stream-closed",
          "responses-stream",
          "embeddings");

  /** Tells of faults itself, and so cannot while it throws. */
  private static final String TELLER = "io.tokenmeter.engine.Meter";

  private static final List<String> OKHTTP = List.of("chat", "chat-async", "chat-stream");
  private static final List<String> JDK =
      List.of("chat", "chat-async", "chat-stream", "chat-stream-async", "chat-stream-closed");

  static Stream<Arguments> rooms() {
    return Stream.of(
        arguments(TELLER, "OpenAiJava", "openai-java-newest", OPENAI_JAVA),
        arguments(TELLER, "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments(TELLER, "JdkHttpByHand", "", JDK),
        arguments("io.tokenmeter.engine.Exchange", "OpenAiJava", "openai-java-newest", OPENAI_JAVA),
        arguments("io.tokenmeter.engine.Exchange", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.engine.Exchange", "JdkHttpByHand", "", JDK),
        arguments("io.tokenmeter.engine.budgets.", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.engine.ledger.", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.engine.prices.", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.engine.attribution.", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.providers.", "OkHttpByHand", "okhttp-4", OKHTTP),
        arguments("io.tokenmeter.tokenizers.", "OkHttpByHand", "okhttp-4", OKHTTP));
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("rooms")
  void calls_whileARoomThrowsAtEveryEntry_areSeenAsWithoutTheAgent(
      String room, String program, String library, List<String> modes, @TempDir Path directory)
      throws Exception {
    Path faults = directory.resolve("faults");
    try (StubProvider stub = StubProvider.start();
        ClientProcess plain =
            ClientProcess.start(ClientProcess.jvm(program, library).withoutAgent());
        ClientProcess metered =
            ClientProcess.start(faulty(room, program, library, directory, faults))) {
      stub.script(Reply.answer(ClientContract.ANSWER, Tokens.of(40, 12)));
      compare(modes, plain, metered, stub);
      Files.createFile(faults);
      compare(modes, plain, metered, stub);

      assertThat(stub.requests()).as("one request a call").hasSize(4 * modes.size());
      ForkedJvm.Result result = metered.finish();
      assertThat(result.stdout()).isEmpty();
      assertThat(result.stderr())
          .as("the faults were there")
          .contains(FaultAgent.BROKEN + room)
          .doesNotContain("[Byte Buddy] ERROR");
      if (!room.equals(TELLER)) {
        assertThat(result.stderr())
            .as("the faults were told, without their messages")
            .contains("internal error in", IllegalStateException.class.getName())
            .doesNotContain(FaultAgent.FAULT);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.tokenmeter.engine.",
        "io.tokenmeter.providers.",
        "io.tokenmeter.tokenizers.",
        "io.tokenmeter.otel.",
        "io.tokenmeter.api.",
        "io.tokenmeter.javaagent.runtime.",
        "io.tokenmeter.javaagent.weaving."
      })
  void calls_whereARoomThrowsFromTheStart_areSeenAsWithoutTheAgent(
      String room, @TempDir Path directory) throws Exception {
    Path faults = Files.createFile(directory.resolve("faults"));
    try (StubProvider stub = StubProvider.start();
        ClientProcess plain =
            ClientProcess.start(ClientProcess.jvm("JdkHttpByHand", "").withoutAgent());
        ClientProcess metered =
            ClientProcess.start(faulty(room, "JdkHttpByHand", "", directory, faults))) {
      stub.script(Reply.answer(ClientContract.ANSWER, Tokens.of(40, 12)));
      compare(JDK, plain, metered, stub);

      assertThat(stub.requests()).as("one request a call").hasSize(2 * JDK.size());
      assertThat(metered.finish().stdout()).isEmpty();
    }
  }

  private static ForkedJvm faulty(
      String room, String program, String library, Path directory, Path faults) throws IOException {
    return ClientProcess.jvm(program, library)
        .jvmArguments("-javaagent:" + FaultAgentJar.pack(directory) + "=" + room)
        .property(Fault.SWITCH, faults)
        .property("tokenmeter.config", MeteredProcess.configure(directory, ""));
  }

  private static void compare(
      List<String> modes, ClientProcess plain, ClientProcess metered, StubProvider stub) {
    for (String mode : modes) {
      assertThat(metered.call(mode, "gpt-4o-mini", stub.url()))
          .as(mode)
          .isEqualTo(plain.call(mode, "gpt-4o-mini", stub.url()))
          .noneMatch(line -> line.startsWith("exception="));
    }
  }
}
