package io.tokenmeter.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
  private static final String TEXT = "What was said before need not be counted again. ".repeat(20);

  @Test
  void count_partWithDigest_isRecalledAsItWasCounted() {
    RequestMemory memory = RequestMemory.ofParts(100);
    RequestCounter counter = counters(memory).forModel("anthropic", "claude-sonnet-4-5");
    ContentDigest digest = digest(memory, TEXT, 3);
    List<Prompt.Tool> tools = List.of(new Prompt.Tool("f", "does it", "{}", digest));
    List<Prompt.Message> messages = List.of(message(TEXT, digest), message("more", digest));
    InputEstimate first = counter.count(new Prompt(messages, tools, false, null));

    RememberedParts parts = new RememberedParts();
    assertThat(counter.recall(digest.high(), digest.low(), parts)).isTrue();
    assertThat(parts.count()).isEqualTo(1);
    assertThat(parts.marks()).isEqualTo(3);
    assertThat(counter.count(new Prompt(List.of(), List.of(), false, null, parts)))
        .isEqualTo(first)
        .isEqualTo(
            RequestCounter.forModel("anthropic", "claude-sonnet-4-5")
                .count(new Prompt(messages, tools, false, null)));
  }

  @Test
  void recall_otherModelOtherBytesOrOtherProcess_isNotKnown() {
    RequestMemory memory = RequestMemory.ofParts(100);
    RequestCounters counters = counters(memory);
    ContentDigest digest = digest(memory, TEXT, 0);
    counters.forModel("openai", "gpt-4o").count(prompt(TEXT, digest));
    assertThat(knows(counters.forModel("openai", "gpt-4o"), digest)).isTrue();
    assertThat(knows(counters.forModel("openai", "gpt-4"), digest)).isFalse();
    assertThat(knows(counters.forModel("azure", "gpt-4o"), digest)).isFalse();
    assertThat(knows(counters(memory).forModel("openai", "gpt-4o"), digest)).isFalse();
    assertThat(knows(counters.forModel("openai", "gpt-4o"), digest(memory, TEXT + " ", 0)))
        .isFalse();
    assertThat(digest(RequestMemory.ofParts(100), TEXT, 0)).isNotEqualTo(digest);
  }

  @Test
  void put_moreThanItHolds_keepsWhatIsUsed() {
    RequestMemory memory = RequestMemory.ofParts(64);
    RequestCounter counter = counters(memory).forModel("openai", "gpt-4o");
    ContentDigest used = digest(memory, "used", 0);
    counter.count(prompt("used", used));
    List<ContentDigest> others = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      ContentDigest other = digest(memory, "text " + i, 0);
      counter.count(prompt("text " + i, other));
      others.add(other);
      assertThat(knows(counter, used)).isTrue();
      assertThat(knows(counter, other)).isTrue();
    }
    assertThat(others.stream().filter(other -> knows(counter, other)).count()).isBetween(30L, 64L);
  }

  @Test
  void none_remembersNothing() {
    assertThat(RequestMemory.ofParts(0)).isSameAs(RequestMemory.NONE);
    assertThat(RequestMemory.NONE.isOn()).isFalse();
    RequestCounter counter = counters(RequestMemory.NONE).forModel("openai", "gpt-4o");
    ContentDigest digest = digest(RequestMemory.NONE, TEXT, 0);
    counter.count(prompt(TEXT, digest));
    assertThat(knows(counter, digest)).isFalse();
  }

  @Test
  void recall_fromManyThreads_neverAnothersCount() throws Exception {
    RequestMemory memory = RequestMemory.ofParts(40);
    RequestCounter counter = counters(memory).forModel("openai", "gpt-4o");
    long[] expected = new long[200];
    List<ContentDigest> digests = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      expected[i] =
          RequestCounter.forModel("openai", "gpt-4o").count(prompt(text(i), null)).tokens();
      digests.add(digest(memory, text(i), 0));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> hits = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int offset = thread * 31;
        hits.add(
            threads.submit(
                () -> {
                  int found = 0;
                  for (int n = 0; n < 20_000; n++) {
                    int i = (offset + n * n) % expected.length;
                    ContentDigest digest = digests.get(i);
                    RememberedParts parts = new RememberedParts();
                    boolean known = counter.recall(digest.high(), digest.low(), parts);
                    found += known ? 1 : 0;
                    Prompt prompt =
                        known
                            ? new Prompt(List.of(), List.of(), false, null, parts)
                            : prompt(text(i), digest);
                    assertThat(counter.count(prompt).tokens()).isEqualTo(expected[i]);
                  }
                  return found;
                }));
      }
      int found = 0;
      for (Future<Integer> hit : hits) {
        found += hit.get();
      }
      assertThat(found).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  private static String text(int i) {
    return "word ".repeat(i + 1);
  }

  private static RequestCounters counters(RequestMemory memory) {
    return new RequestCounters(
        ModelEncodings.builtIn(), CountingRules.builtIn(), memory, Calibration.NONE);
  }

  private static boolean knows(RequestCounter counter, ContentDigest digest) {
    return counter.recall(digest.high(), digest.low(), new RememberedParts());
  }

  private static ContentDigest digest(RequestMemory memory, String text, int marks) {
    long[] hash = new long[2];
    byte[] bytes = text.getBytes(UTF_8);
    memory.hash(bytes, 0, bytes.length, hash, 0);
    return new ContentDigest(hash[1], hash[0], marks);
  }

  private static Prompt prompt(String text, ContentDigest digest) {
    return new Prompt(List.of(message(text, digest)), List.of(), false, null);
  }

  private static Prompt.Message message(String text, ContentDigest digest) {
    return new Prompt.Message("user", null, List.of(new Prompt.Text(text)), digest);
  }
}
