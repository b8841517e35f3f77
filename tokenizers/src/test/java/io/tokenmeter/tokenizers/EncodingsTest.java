package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncodingsTest {
  @ParameterizedTest
  @CsvSource({
    "gpt-5.1-codex, o200k_base",
    "gpt-5, o200k_base",
    "gpt-4.1-nano-2025-04-14, o200k_base",
    "gpt-4o-mini-2024-07-18, o200k_base",
    "GPT-4o, o200k_base",
    "chatgpt-4o-latest, o200k_base",
    "o1, o200k_base",
    "o3-mini, o200k_base",
    "o4-mini-2025-04-16, o200k_base",
    "gpt-oss-120b, o200k_harmony",
    "openai/gpt-oss-20b, o200k_harmony",
    "openai.gpt-oss-120b-1:0, o200k_harmony",
    "gpt-4, cl100k_base",
    "gpt-4-turbo-2024-04-09, cl100k_base",
    "gpt-4-32k, cl100k_base",
    "gpt-3.5-turbo, cl100k_base",
    "gpt-35-turbo-16k, cl100k_base",
    "text-embedding-3-large, cl100k_base",
    "text-embedding-ada-002, cl100k_base",
    "ft:gpt-3.5-turbo-0125:acme:o1-helper:abc, cl100k_base",
    "ft:gpt-4o-mini-2024-07-18:acme::abc, o200k_base",
    "openai/gpt-4, cl100k_base",
    "azure/prod_gpt-4o_eu, o200k_base",
    "my-gpt-4-deployment, cl100k_base",
    "text-davinci-003, p50k_base",
    "davinci, r50k_base",
    "davinci-002, cl100k_base",
    "gpt2, r50k_base",
    "claude-opus-4-7, o200k_base",
    "something-new, o200k_base",
    "'', o200k_base"
  })
  void forModel_name_findsEncoding(String model, String encoding) {
    assertThat(Encodings.forModel(model).name()).isEqualTo(encoding);
  }

  @Test
  void forModel_rulesOfOnesOwn_goBeforeTheBuiltInOnes() {
    ModelEncodings rules =
        ModelEncodings.builtIn()
            .with(List.of("# ours", "", "cl100k_base acme- gpt-4o-legacy", "p50k_base gpt-4"));
    assertThat(Encodings.forModel("ACME-7b", rules).name()).isEqualTo("cl100k_base");
    assertThat(Encodings.forModel("gpt-4o-legacy-1", rules).name()).isEqualTo("cl100k_base");
    assertThat(Encodings.forModel("gpt-4-turbo", rules).name()).isEqualTo("p50k_base");
    assertThat(Encodings.forModel("gpt-4o", rules).name()).isEqualTo("o200k_base");
  }

  @Test
  void with_lineThatIsNoRule_saysWhichAndWhatWasExpected() {
    ModelEncodings rules = ModelEncodings.builtIn();
    assertThatThrownBy(() -> rules.with(List.of("o200k_base gpt", "o300k gpt-9")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("cl100k_base")
        .hasMessageContaining("o300k gpt-9");
    assertThatThrownBy(() -> rules.with(List.of("o200k_base")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void forName_unknown_namesWhatThereIs() {
    assertThatThrownBy(() -> Encodings.forName("o300k"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'o300k'")
        .hasMessageContaining("o200k_harmony");
  }

  @Test
  void forName_twice_sameInstance() {
    assertThat(Encodings.forName("o200k_base")).isSameAs(Encodings.forName("o200k_base"));
  }

  @Test
  void decode_idsThatAreNoTokens_areLeftOut() {
    Encoding encoding = Encodings.forName("p50k_base");
    int[] hello = encoding.encode("hello");
    assertThat(encoding.decode(new int[] {-1, 50256, hello[0], Integer.MAX_VALUE}))
        .isEqualTo("hello");
  }

  @Test
  void decode_halfACharacter_isReplaced() {
    Encoding encoding = Encodings.forName("o200k_base");
    assertThat(encoding.decode(new int[] {encoding.encode("\u1C89")[0]})).isEqualTo("\uFFFD");
  }

  @Test
  void truncate_noTokensAllowed_empty() {
    Encoding encoding = Encodings.forName("o200k_base");
    assertThat(encoding.truncate("hello", 0)).isEmpty();
    assertThat(encoding.truncate("hello", -1)).isEmpty();
    assertThat(encoding.truncate("", 5)).isEmpty();
  }
}
