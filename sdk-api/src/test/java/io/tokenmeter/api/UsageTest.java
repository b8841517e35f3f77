package io.tokenmeter.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void sums_coverEveryClassExactlyOnce() {
    Usage.Builder builder = Usage.builder();
    long expected = 0;
    for (TokenClass tokenClass : TokenClass.values()) {
      long count = 1L << tokenClass.ordinal();
      builder.tokens(tokenClass, count);
      expected += count;
    }
    Usage usage = builder.build();
    assertThat(usage.totalTokens()).isEqualTo(expected);
    assertThat(usage.inputTokens() + usage.outputTokens()).isEqualTo(expected);
    assertThat(usage.inputTokens()).isEqualTo(0b111111);
  }

  @Test
  void unknownClass_countsNothingAndDiffersFromZero() {
    Usage unknown = Usage.builder().tokens(TokenClass.OUTPUT, 5).build();
    Usage zero =
        Usage.builder().tokens(TokenClass.OUTPUT, 5).tokens(TokenClass.REASONING, 0).build();
    assertThat(unknown.isKnown(TokenClass.REASONING)).isFalse();
    assertThat(unknown.tokens(TokenClass.REASONING)).isZero();
    assertThat(zero.isKnown(TokenClass.REASONING)).isTrue();
    assertThat(unknown).isNotEqualTo(zero);
    assertThat(zero).hasToString("Usage{output=5, reasoning=0}");
  }

  @Test
  void tokens_negative_isRefusedByName() {
    assertThatThrownBy(() -> Usage.of(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uncached_input tokens must be at least 0, but were -1");
  }

  @Test
  void builder_usedAgain_leavesEarlierUsagesAlone() {
    Usage.Builder builder = Usage.builder().tokens(TokenClass.OUTPUT, 1);
    Usage first = builder.build();
    builder.tokens(TokenClass.OUTPUT, 2);
    assertThat(first.outputTokens()).isEqualTo(1);
  }
}
