package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void count_steadyState_allocatesNothing() {
    Encoding encoding = Encodings.forName("o200k_base");
    String ascii = "A meter that counts must not cost: 1,234 tokens, don't you think?\n".repeat(60);
    String mixed =
        (ascii + "\u6211\u4EEC\u5728\u5317\u4EAC \uD83D\uDE00 \u041F\u0440\u0438").repeat(2);
    StringBuilder builder = new StringBuilder(mixed);
    CharBuffer buffer = CharBuffer.wrap(mixed);
    byte[] utf8 = mixed.getBytes(StandardCharsets.UTF_8);
    long tokens = 0;
    long allocated = 0;
    for (int round = 0; round < 20; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      tokens += encoding.count(ascii);
      tokens += encoding.count(mixed);
      tokens += encoding.count(builder);
      tokens += encoding.count(buffer);
      tokens += encoding.count(utf8, 0, utf8.length);
      tokens += encoding.countUpTo(mixed, 10);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(tokens).isPositive();
    assertThat(allocated).isZero();
  }
}
