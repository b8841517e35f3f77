package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.javaagent.programs.CancelledCall;
import io.tokenmeter.javaagent.programs.ExitAmidCalls;
import io.tokenmeter.javaagent.programs.PickyHandler;
import io.tokenmeter.javaagent.programs.PlainCalls;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kotlin.Unit;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are refused, and calls that are cancelled, below the level of any LLM library. */
final class BudgetedCallsIT {
  @TempDir private Path home;

  @Test
  void calls_overBudget_areAnsweredAndNotSent() throws IOException {
    Path configuration =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            "budgets:\n  rules:\n    - name: tiny\n      limit: 1 tokens\n      window: day\n");

    Result result =
        ForkedJvm.running(PlainCalls.class)
            .classPathOf(OkHttpClient.class, Buffer.class, Unit.class)
            .home(home)
            .property("tokenmeter.config", configuration)
            .run()
            .orThrow();

    assertThat(result.values("received")).hasSize(2).allMatch(line -> line.contains(" /other "));
    assertThat(result.values("answer"))
        .filteredOn(answer -> answer.contains("tiny"))
        .hasSize(8)
        .filteredOn(answer -> !answer.startsWith("{"))
        .satisfiesExactly(
            jdk -> assertThat(jdk).startsWith("402"),
            jdkOnce -> assertThat(jdkOnce).startsWith("402"),
            jdkAsync -> assertThat(jdkAsync).startsWith("402"),
            jdkAsyncOnce -> assertThat(jdkAsyncOnce).startsWith("402"),
            okHttp -> assertThat(okHttp).startsWith("429"),
            okHttpChunked -> assertThat(okHttpChunked).startsWith("429"),
            okHttpOnce -> assertThat(okHttpOnce).startsWith("429"));
  }

  @Test
  void calls_overBudget_whereTheStateDirectoryCannotBeUsed_areRefusedWithinTheProcess()
      throws IOException {
    Path configuration =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            "budgets:\n  rules:\n    - name: tiny\n      limit: 1 tokens\n      window: day\n");
    Path file = Files.createFile(home.resolve("no-directory"));

    Result result =
        ForkedJvm.running(PickyHandler.class)
            .home(file)
            .property("tokenmeter.config", configuration)
            .run()
            .orThrow();

    assertThat(result.values("hits")).containsExactly("0");
    assertThat(result.stderr())
        .hasLineCount(1)
        .startsWith("[tokenmeter] ERROR the state directory " + file + " cannot be used")
        .contains("in this process only");
  }

  @Test
  void refusal_atWhichTheHandlerThrows_isStillNotSent() throws IOException {
    Path configuration =
        Files.writeString(
            home.resolve("tokenmeter.yaml"),
            "budgets:\n  rules:\n    - name: tiny\n      limit: 1 tokens\n      window: day\n");

    Result result =
        ForkedJvm.running(PickyHandler.class)
            .home(home)
            .property("tokenmeter.config", configuration)
            .run()
            .orThrow();

    assertThat(result.values("outcome")).containsExactly("failed");
    assertThat(result.values("hits")).containsExactly("0");
  }

  @Test
  void call_cancelled_closesTheConnection() {
    Path callLog = home.resolve("calls.jsonl");

    Result result =
        ForkedJvm.running(CancelledCall.class)
            .home(home)
            .property("tokenmeter.calls.file", callLog)
            .run()
            .orThrow();

    assertThat(result.values("cancelled")).containsExactly("true");
    assertThat(result.values("closed")).containsExactly("true");
    assertThat(callLog).content().hasLineCount(1).contains("abandoned");
  }

  @Test
  void calls_openWhenTheJvmExits_areRecordedAndCharged() throws IOException {
    Path callLog = home.resolve("calls.jsonl");

    Result result =
        ForkedJvm.running(ExitAmidCalls.class)
            .home(home)
            .property("tokenmeter.calls.file", callLog)
            .run()
            .orThrow();

    assertThat(result.values("line")).hasSize(1);
    assertThat(result.values("bytes")).containsExactly("data");
    assertThat(Files.readAllLines(callLog))
        .hasSize(3)
        .allMatch(line -> line.contains("\"error\":\"abandoned\""))
        .noneMatch(line -> line.contains("\"input_tokens\":0"))
        .filteredOn(line -> line.contains("\"output_tokens\":1,"))
        .hasSize(2);
  }
}
