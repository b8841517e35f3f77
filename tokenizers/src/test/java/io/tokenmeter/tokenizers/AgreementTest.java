package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every other way to count agrees with {@link Encoding#encode}, wherever a text is cut. */
class AgreementTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000) / 20;

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "cl100k_base", "o200k_base"})
  void count_anyKindOfText_agreesWithEncode(String name) {
    Encoding encoding = Encodings.forName(name);
    Random random = new Random(1);
    for (int i = 0; i < CASES; i++) {
      String text = withLoneSurrogate(random, TestTexts.random(random));
      int tokens = encoding.encode(text).length;
      byte[] utf8 = ("\u00E9" + wellFormed(text) + "z").getBytes(StandardCharsets.UTF_8);
      assertThat(encoding.count(text)).isEqualTo(tokens);
      assertThat(encoding.count(new StringBuilder(text))).isEqualTo(tokens);
      assertThat(encoding.count(CharBuffer.wrap(text))).isEqualTo(tokens);
      assertThat(encoding.count(utf8, 2, utf8.length - 3)).isEqualTo(tokens);
      assertThat(encoding.countUpTo(text, tokens)).isEqualTo(tokens);
      if (tokens > 0) {
        assertThat(encoding.countUpTo(text, tokens - 1)).isGreaterThan(tokens - 1);
      }
    }
  }

  @Test
  void count_manyThreadsAtOnce_agreesWithEncode() throws Exception {
    Encoding encoding = Encodings.forName("o200k_base");
    Random random = new Random(7);
    List<String> texts =
        Stream.generate(() -> TestTexts.random(random).repeat(20)).limit(300).toList();
    List<Integer> expected = texts.stream().map(text -> encoding.encode(text).length).toList();
    Callable<List<Integer>> countAll = () -> texts.stream().map(encoding::count).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<List<Integer>> counted : threads.invokeAll(Collections.nCopies(16, countAll))) {
        assertThat(counted.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "cl100k_base", "o200k_base"})
  void streamCounter_everyPrefix_agreesWithEncode(String name) {
    Encoding encoding = Encodings.forName(name);
    Random random = new Random(2);
    for (int i = 0; i < CASES; i++) {
      String text = withLoneSurrogate(random, TestTexts.fragments(random));
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
  @ValueSource(strings = {"r50k_base", "cl100k_base", "o200k_base"})
  void streamCounter_longTextInRandomPieces_agreesWithEncode(String name) {
    Encoding encoding = Encodings.forName(name);
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 20_000) {
        text.append(withLoneSurrogate(random, TestTexts.random(random)));
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
      int tokens = encoding.encode(text).length;
      assertThat(counter.tokens()).isEqualTo(tokens);
      assertThat(encoding.count(text)).isEqualTo(tokens);
      byte[] utf8 = wellFormed(text.toString()).getBytes(StandardCharsets.UTF_8);
      assertThat(encoding.count(utf8, 0, utf8.length)).isEqualTo(tokens);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r50k_base", "cl100k_base", "o200k_base"})
  void truncate_everyLimit_isTheLongestPrefixWithin(String name) {
    Encoding encoding = Encodings.forName(name);
    Random random = new Random(4);
    for (int i = 0; i < CASES / 2; i++) {
      String text = withLoneSurrogate(random, TestTexts.fragments(random));
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
  @ValueSource(strings = {"cl100k_base", "o200k_base"})
  void count_malformedUtf8_countsWhatStringMakesOfIt(String name) {
    Encoding encoding = Encodings.forName(name);
    Random random = new Random(5);
    int[] leads = {0x41, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xE4, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5};
    for (int i = 0; i < CASES * 4; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] =
            (byte)
                (random.nextBoolean()
                    ? leads[random.nextInt(leads.length)]
                    : 0x80 + random.nextInt(0x40));
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      assertThat(encoding.count(bytes, 0, bytes.length))
          .as(text)
          .isEqualTo(encoding.encode(text).length);
    }
  }

  private static boolean isInsidePair(String text, int index) {
    return index > 0
        && index < text.length()
        && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
  }

  private static String withLoneSurrogate(Random random, String text) {
    if (random.nextInt(4) != 0) {
      return text;
    }
    int at = random.nextInt(text.length() + 1);
    return text.substring(0, at) + (char) (0xD800 + random.nextInt(0x800)) + text.substring(at);
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
  }
}
