package io.tokenmeter.engine.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.config.Configuration.PriceOverride;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTableTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final PriceTable TABLE = PriceTable.bundled(List.of());

  /** Published prices, worked out by hand: tokens x USD per million, in nano-USD. */
  @ParameterizedTest
  @CsvSource({
    // 1000 x 2.50 + 500 x 10 = 0.0075 USD
    "openai, gpt-4o, 1000, 500, 7500000",
    // 1234 x 0.15 + 56 x 0.60 = 218.7 micro-USD
    "openai, gpt-4o-mini-2024-07-18, 1234, 56, 218700",
    // 1000 x 3 + 1000 x 15
    "anthropic, claude-sonnet-4-5-20250929, 1000, 1000, 18000000",
    // 1 x 0.25 + 1 x 1.25 = 1.5 micro-USD
    "anthropic, claude-3-haiku-20240307, 1, 1, 1500",
    // 10 x 0.30 + 10 x 2.50
    "gcp.gemini, models/gemini-2.5-flash, 10, 10, 28000",
    // an embedding: 8191 x 0.02 = 163.82 micro-USD
    "openai, text-embedding-3-small, 8191, 0, 163820",
    // one token at 0.02 USD a million is 20 nano-USD; half of one would be rounded up
    "openai, text-embedding-3-small, 1, 0, 20",
  })
  void cost_publishedPrice_isExact(
      String provider, String model, long input, long output, long nanoUsd) {
    assertThat(TABLE.cost(provider, model, Usage.of(input, output), NOW))
        .isNotNull()
        .extracting(Cost::nanoUsd)
        .isEqualTo(nanoUsd);
  }

  @Test
  void cost_everyClass_hasItsOwnPrice() {
    Usage usage =
        Usage.builder()
            .tokens(TokenClass.UNCACHED_INPUT, 100)
            .tokens(TokenClass.CACHE_READ, 1000)
            .tokens(TokenClass.CACHE_WRITE_5M, 200)
            .tokens(TokenClass.CACHE_WRITE_1H, 300)
            .tokens(TokenClass.OUTPUT, 50)
            .tokens(TokenClass.REASONING, 70)
            .build();
    // Claude Sonnet 4.5: 3, 0.30, 3.75, 6 and 15 USD per million; reasoning is output.
    assertThat(TABLE.cost("anthropic", "claude-sonnet-4-5", usage, NOW).byClass())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                TokenClass.UNCACHED_INPUT, 300_000L,
                TokenClass.CACHE_READ, 300_000L,
                TokenClass.CACHE_WRITE_5M, 750_000L,
                TokenClass.CACHE_WRITE_1H, 1_800_000L,
                TokenClass.OUTPUT, 750_000L,
                TokenClass.REASONING, 1_050_000L));
  }

  @ParameterizedTest
  @CsvSource({
    // The whole call costs the higher price once its input is above the threshold.
    "200000, 250000000",
    "200001, 500002500",
  })
  void cost_longContext_beginsAboveItsThreshold(long input, long nanoUsd) {
    assertThat(TABLE.cost("gcp.gemini", "gemini-2.5-pro", Usage.of(input, 0), NOW).nanoUsd())
        .isEqualTo(nanoUsd);
  }

  @Test
  void cost_longContext_countsCachedInputTowardsTheThreshold() {
    Usage usage =
        Usage.builder()
            .tokens(TokenClass.UNCACHED_INPUT, 1)
            .tokens(TokenClass.CACHE_READ, 200_000)
            .build();
    // 1 x 2.50 + 200000 x 0.25
    assertThat(TABLE.cost("gcp.gemini", "gemini-2.5-pro", usage, NOW).nanoUsd())
        .isEqualTo(50_002_500);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-06-09T23:59:59Z, 10000000",
    "2025-06-10T00:00:00Z, 2000000",
  })
  void cost_priceThatChanged_followsTheDayOfTheCall(Instant at, long nanoUsd) {
    assertThat(TABLE.cost("openai", "o3", Usage.of(1000, 0), at).nanoUsd()).isEqualTo(nanoUsd);
  }

  @ParameterizedTest
  @CsvSource({
    "openai, GPT-4o",
    "openai, gpt-4o-2031-01-02",
    "openai, openai/gpt-4o",
    "openai, ft:gpt-4o-mini-2024-07-18:acme::abc",
    "openai, anthropic/claude-sonnet-4-5",
    "anthropic, claude-sonnet-4@20250514",
    "anthropic, claude-opus-4-20250514",
    "gcp.vertex_ai, publishers/anthropic/models/claude-sonnet-4-5@20250929",
    "gcp.gemini, models/gemini-2.0-flash",
    "gcp.gemini, gemini-2.0-flash-001",
    "azure.ai.openai, gpt-4o",
    "azure.ai.inference, phi-4",
    "aws.bedrock, us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "aws.bedrock, anthropic.claude-3-5-sonnet-20241022-v2:0",
    "aws.bedrock, arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    "aws.bedrock, eu.meta.llama3-2-3b-instruct-v1:0",
    "openrouter, openai/gpt-4o",
    "together, meta-llama/llama-3.3-70b-instruct-turbo",
    "mistral_ai, mistral-large-latest",
    "deepseek, deepseek-chat",
    "groq, llama-3.3-70b-versatile",
    "x_ai, grok-4",
    "cohere, command-r-plus",
    "fireworks, accounts/fireworks/models/deepseek-v3p2",
    "perplexity, sonar-pro",
  })
  void cost_modelOfTheTable_hasAPrice(String provider, String model) {
    assertThat(TABLE.cost(provider, model, Usage.of(1000, 1000), NOW))
        .isNotNull()
        .extracting(Cost::nanoUsd)
        .matches(nanoUsd -> nanoUsd > 0);
  }

  @ParameterizedTest
  @CsvSource({
    "openai, gpt-4omega",
    "openai, gpt-5-colossal",
    "openai, ft:gpt-4.1-2025-04-14:acme::abc",
    "openai, ft:gpt-5:acme::abc",
    "openai, gpt-4o-2024-08-06.ft-abc",
    "openai, my-deployment",
    "openai, ''",
    "openai, /",
    "somebody, gpt-4o",
  })
  void cost_unknownModel_isNull(String provider, String model) {
    assertThat(TABLE.cost(provider, model, Usage.of(1, 1), NOW)).isNull();
  }

  @Test
  void cost_fineTune_isNotTheBaseModels() {
    Usage usage = Usage.of(1_000_000, 0);
    assertThat(TABLE.cost("openai", "ft:gpt-4o-2024-08-06:acme::abc", usage, NOW).nanoUsd())
        .isEqualTo(3_750_000_000L);
    assertThat(TABLE.cost("openai", "gpt-4o-2024-08-06", usage, NOW).nanoUsd())
        .isEqualTo(2_500_000_000L);
  }

  @Test
  void cost_noUsage_isNothing() {
    assertThat(TABLE.cost("openai", "gpt-4o", Usage.of(0, 0), NOW).nanoUsd()).isZero();
  }

  @Test
  void cost_override_isTheWholePrice() {
    PriceTable table =
        PriceTable.bundled(
            List.of(
                new PriceOverride("openai", "gpt-4o", Map.of("uncached_input", "1")),
                new PriceOverride("openai", "acme-*", Map.of("uncached_input", "7")),
                new PriceOverride("in-house", "llama", Map.of("uncached_input", "0"))));
    Usage usage =
        Usage.builder()
            .tokens(TokenClass.CACHE_READ, 1_000_000)
            .tokens(TokenClass.OUTPUT, 1_000_000)
            .build();
    assertThat(table.cost("openai", "gpt-4o-2024-08-06", usage, NOW).nanoUsd())
        .isEqualTo(2_000_000_000L);
    assertThat(table.cost("openai", "acme-large", usage, NOW).nanoUsd()).isEqualTo(14_000_000_000L);
    assertThat(table.cost("in-house", "llama", usage, NOW).nanoUsd()).isZero();
    assertThat(table.cost("openai", "gpt-4o-mini", Usage.of(1_000_000, 0), NOW).nanoUsd())
        .isEqualTo(150_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"openai", "anthropic", "gcp.gemini", "azure.ai.openai", "aws.bedrock", "groq"})
  void worstCase_anyProvider_isAtLeastEveryModelsCost(String provider) {
    Usage usage = Usage.of(300_000, 10_000);
    Cost worst = TABLE.worstCase(provider, usage, NOW);
    List<String> models =
        PriceFile.bundled().providers().stream()
            .filter(known -> known.name().equals(provider))
            .flatMap(known -> known.models().names().stream())
            .toList();
    assertThat(models).isNotEmpty();
    for (String model : models) {
      assertThat(TABLE.cost(provider, model, usage, NOW).nanoUsd())
          .as(model)
          .isLessThanOrEqualTo(worst.nanoUsd());
    }
  }

  @Test
  void worstCase_openai_isTheDearestOfEachClass() {
    // o1-pro: 150 and 600 USD per million
    assertThat(TABLE.worstCase("openai", Usage.of(1000, 1000), NOW).nanoUsd())
        .isEqualTo(750_000_000);
  }

  @Test
  void worstCase_unknownProvider_isNull() {
    assertThat(TABLE.worstCase("somebody", Usage.of(1, 1), NOW)).isNull();
  }

  @Test
  void bundled_everyPrice_isReadable() {
    assertThat(TABLE.date()).isAfter("2026-01-01");
    assertThat(TABLE.providers())
        .startsWith("openai", "anthropic", "gcp.gemini")
        .contains("azure.ai.openai", "aws.bedrock", "mistral_ai", "openrouter");
    Map<String, Long> modelsByProvider =
        PriceFile.bundled().providers().stream()
            .collect(
                Collectors.toMap(
                    PriceSection::name, provider -> (long) provider.models().all().size()));
    assertThat(modelsByProvider.values()).allMatch(models -> models > 3);
  }

  @Test
  void canonicalProvider_otherName_isTheOneOfTelemetry() {
    assertThat(PriceTable.canonicalProvider("Google")).isEqualTo("gcp.gemini");
    assertThat(PriceTable.canonicalProvider("bedrock")).isEqualTo("aws.bedrock");
    assertThat(PriceTable.canonicalProvider("openai")).isEqualTo("openai");
    assertThat(PriceTable.canonicalProvider("in-house")).isEqualTo("in-house");
  }

  @Test
  void find_moreModelsThanAreRemembered_stillFindsThem() {
    for (int i = 0; i < 3000; i++) {
      assertThat(TABLE.cost("openai", "no-such-model-" + i, Usage.of(1, 1), NOW)).isNull();
    }
    assertThat(TABLE.cost("openai", "gpt-4o-2030-02-03", Usage.of(1, 1), NOW)).isNotNull();
  }
}
