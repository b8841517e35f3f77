package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much a metered call allocates on the calling thread, with all real parts. The bounds are for
 * interpreted code, which allocates the most, and a tenth above what was seen: whoever passes them
 * has made every call dearer.
 */
class CallAllocationTest {
  private static final int CALLS = 300;
  private static final int PROMPT_CHARS = 2_048;

  private static final String ANSWER =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1763791200,
       "model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"finish_reason":"stop",
       "message":{"role":"assistant","content":"%s","refusal":null}}],
       "usage":{"prompt_tokens":500,"completion_tokens":62,"total_tokens":562,
       "prompt_tokens_details":{"cached_tokens":0},
       "completion_tokens_details":{"reasoning_tokens":0}}}"""
          .formatted("Some words of an answer. ".repeat(14));
  private static final String STREAM =
      """
      data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763791200,\
      "model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":" words"},\
      "logprobs":null,"finish_reason":null}]}

      """
              .repeat(50)
          + "data: [DONE]\n\n";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path home;

  @Test
  void plainCall_withoutABudget() {
    assertThat(bytesACall("", false, ANSWER)).isLessThan(8_600);
  }

  @Test
  void streamedCall_withoutABudget() {
    assertThat(bytesACall("", true, STREAM)).isLessThan(26_500);
  }

  @Test
  void plainCall_underABudget() {
    assertThat(bytesACall(EngineFixture.rule("b", "1000M tokens", "block"), false, ANSWER))
        .isLessThan(20_200);
  }

  @Test
  void streamedCall_underABudget() {
    assertThat(bytesACall(EngineFixture.rule("b", "1000M tokens", "block"), true, STREAM))
        .isLessThan(55_700);
  }

  /** The least of all calls: what a call costs when nothing is made for the first time. */
  private long bytesACall(String yaml, boolean streamed, String response) {
    byte[] bytes = response.getBytes(UTF_8);
    Function<String, @Nullable String> header = name -> null;
    try (EngineFixture meter = new EngineFixture(home, yaml)) {
      Meter door = meter.engine.meter();
      long least = Long.MAX_VALUE;
      for (int i = 0; i < CALLS; i++) {
        byte[] body = request(i, streamed);
        long before = threads.getCurrentThreadAllocatedBytes();
        Exchange exchange =
            door.open(
                new OutgoingCall(
                    "test", "POST", "localhost", 443, "/v1/chat/completions", header, body, null));
        exchange.responseStarted(200, header);
        exchange.responseBytes(bytes, 0, bytes.length);
        exchange.responseEnded();
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      return least;
    }
  }

  /** Another one each time: what was counted lately would be known. */
  private static byte[] request(int number, boolean streamed) {
    return """
        {"messages":[{"content":"%05d %s","role":"user"}],"model":"gpt-4o-mini","stream":%s}"""
        .formatted(number, "Some words. ".repeat(PROMPT_CHARS / 12), streamed)
        .getBytes(UTF_8);
  }
}
