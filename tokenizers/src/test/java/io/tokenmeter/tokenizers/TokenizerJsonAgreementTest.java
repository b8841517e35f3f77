package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every other way to count agrees with {@link Encoding#encode}, wherever a text is cut. */
class TokenizerJsonAgreementTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000) / 100;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir static Path directory;

  static Stream<String> shapes() {
    return TokenizerShapes.names().stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void count_anyText_agreesWithEncode(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    Random random = new Random(1);
    for (int i = 0; i < CASES; i++) {
      String text = text(random);
      int tokens = encoding.encode(text).length;
      byte[] utf8 = ("\u00E9" + wellFormed(text) + "z").getBytes(StandardCharsets.UTF_8);
      assertThat(encoding.count(text)).isEqualTo(tokens);
      assertThat(encoding.count(utf8, 2, utf8.length - 3)).isEqualTo(tokens);
      assertThat(encoding.countUpTo(text, tokens)).isEqualTo(tokens);
      assertThat(encoding.countUpTo(text, tokens - 1)).isGreaterThan(tokens - 1);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void streamCounter_everyPrefix_agreesWithEncode(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    Random random = new Random(2);
    for (int i = 0; i < CASES; i++) {
      String text = text(random);
      StreamCounter counter = encoding.streamCounter();
      for (int end = 1; end <= text.length(); end++) {
        counter.append(text.substring(end - 1, end));
        assertThat(counter.tokens())
            .as("%s, first %d chars", text, end)
            .isEqualTo(encoding.encode(text.substring(0, end)).length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void streamCounter_longText_agreesWithEncode(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    Random random = new Random(3);
    for (int i = 0; i < 3; i++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 20_000) {
        text.append(text(random));
        if (random.nextInt(40) == 0) {
          text.append(" a\n\u7684".substring(random.nextInt(4)).repeat(random.nextInt(2000)));
        }
      }
      StreamCounter counter = encoding.streamCounter();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(300));
        counter.append(text.subSequence(at, end));
        at = end;
      }
      assertThat(counter.tokens()).isEqualTo(encoding.encode(text).length);
      assertThat(encoding.count(text)).isEqualTo(encoding.encode(text).length);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void truncate_everyLimit_isTheLongestPrefixWithin(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    Random random = new Random(4);
    for (int i = 0; i < CASES / 4; i++) {
      String text = text(random);
      int[] tokensOfPrefix = new int[text.length() + 1];
      for (int end = 0; end <= text.length(); end++) {
        tokensOfPrefix[end] = encoding.encode(text.substring(0, end)).length;
      }
      for (int limit = 0; limit <= tokensOfPrefix[text.length()] + 1; limit++) {
        int longest = text.length();
        while (tokensOfPrefix[longest] > limit || isInsidePair(text, longest)) {
          longest--;
        }
        assertThat(encoding.truncate(text, limit))
            .as("%s within %d tokens", text, limit)
            .isEqualTo(text.substring(0, longest));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  @Timeout(60)
  void count_longRuns_takesTimeInProportion(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    for (String unit : new String[] {"a", " ", "\u7684", "\n", "=", "\u0301", "<", "<t", "1"}) {
      String text = unit.repeat(200_000 / unit.length());
      int tokens = encoding.encode(text).length;
      assertThat(encoding.count(text)).isEqualTo(tokens);
      StreamCounter counter = encoding.streamCounter();
      for (int at = 0; at < text.length(); at += 4) {
        counter.append(text.substring(at, at + 4));
      }
      assertThat(counter.tokens()).isEqualTo(tokens);
      String cut = encoding.truncate(text, 1000);
      assertThat(encoding.count(cut)).isLessThanOrEqualTo(1000);
      if (cut.length() < text.length()) {
        assertThat(encoding.count(text.substring(0, cut.length() + 1))).isGreaterThan(1000);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void count_steadyState_allocatesNothing(String shape) throws IOException {
    Encoding encoding = encoding(shape);
    String text = "A meter must not cost: 1,234 tokens \u4E2D\u6587 caf\u00E9 <table>!\n".repeat(6);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    long allocated = 0;
    for (int round = 0; round < 20; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      encoding.count(text);
      encoding.count(utf8, 0, utf8.length);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).isZero();
  }

  private static Encoding encoding(String shape) throws IOException {
    return Encodings.fromTokenizerJson(
        TokenizerShapes.write(shape, directory), SpecialTokens.AS_TOKENS);
  }

  private static String text(Random random) {
    String text = TokenizerShapes.text(random);
    if (random.nextInt(4) != 0) {
      return text;
    }
    int at = random.nextInt(text.length() + 1);
    return text.substring(0, at) + (char) (0xD800 + random.nextInt(0x800)) + text.substring(at);
  }

  private static boolean isInsidePair(String text, int index) {
    return index > 0
        && index < text.length()
        && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
  }
}
