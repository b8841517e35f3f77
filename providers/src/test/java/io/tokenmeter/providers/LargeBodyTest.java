package io.tokenmeter.providers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tokenmeter.api.Usage;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * Bodies larger than anyone wants to hold. What the reader allocates stays far below their size.
 */
class LargeBodyTest {
  private static final long BODY = 50L << 20;
  private static final long ALLOWED = 8L << 20;

  @Test
  void feed_fiftyMegabytesOfNumbers_usageWithoutHoldingThem() {
    byte[] values = "-0.012345678,1.5e-3,".repeat(400).getBytes(UTF_8);

    Usage usage =
        usageAfter(
            "/v1/embeddings",
            "{\"data\":[{\"embedding\":[",
            values,
            "0]}],\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}");

    assertThat(usage).isNotNull();
    assertThat(usage.inputTokens()).isEqualTo(8);
  }

  @Test
  void feed_stringOfFiftyMegabytes_usageWithoutHoldingIt() {
    byte[] base64 = "QUJD".repeat(2_000).getBytes(UTF_8);

    Usage usage =
        usageAfter(
            "/v1beta/models/g:generateContent",
            "{\"candidates\":[{\"content\":{\"parts\":[{\"inlineData\":{\"data\":\"",
            base64,
            "\"}}]}}],\"usageMetadata\":{\"promptTokenCount\":5,\"totalTokenCount\":5}}");

    assertThat(usage).isNotNull();
    assertThat(usage.inputTokens()).isEqualTo(5);
  }

  @Test
  void feed_eventOfFiftyMegabytes_usageWithoutHoldingIt() {
    byte[] base64 = "QUJD".repeat(2_000).getBytes(UTF_8);

    Usage usage =
        usageAfter(
            "/v1/responses",
            "data: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"result\":\"",
            base64,
            "\"}],\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n");

    assertThat(usage).isEqualTo(Usage.of(3, 4));
  }

  @Test
  void feed_lineWithoutEnd_isNotHeld() {
    byte[] noise = "x".repeat(8_000).getBytes(UTF_8);

    assertThat(usageAfter("/v1/responses", "data:", noise, "\n\n")).isNull();
  }

  private static Usage usageAfter(String path, String head, byte[] filling, String tail) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    ResponseReader reader =
        Dialects.find("POST", "localhost", path).responseReader(200, null, text -> {});
    byte[] first = head.getBytes(UTF_8);
    byte[] last = tail.getBytes(UTF_8);

    long before = threads.getThreadAllocatedBytes(thread);
    reader.feed(first, 0, first.length);
    for (long fed = 0; fed < BODY; fed += filling.length) {
      reader.feed(filling, 0, filling.length);
    }
    reader.feed(last, 0, last.length);
    Usage usage = reader.facts().usage();

    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(ALLOWED);
    return usage;
  }
}
