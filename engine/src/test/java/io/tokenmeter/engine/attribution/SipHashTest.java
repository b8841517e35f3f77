package io.tokenmeter.engine.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {
  /** The key of the reference implementation's test vectors: bytes 0 to 15. */
  private final SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  @Test
  void hash_referenceVectors_isTheirs() {
    assertThat(hash.hash("")).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(hash.hash("\u0100\u0302\u0504\u0706")).isEqualTo(0x93f5f5799a932462L);
  }

  @Test
  void hash_anyLength_dependsOnEveryCharacterAndOnTheKey() {
    SipHash other = new SipHash(1, 2);
    for (int length = 1; length < 20; length++) {
      String text = "k".repeat(length);
      assertThat(other.hash(text)).isNotEqualTo(hash.hash(text));
      for (int i = 0; i < length; i++) {
        String changed = text.substring(0, i) + "x" + text.substring(i + 1);
        assertThat(hash.hash(changed)).isNotEqualTo(hash.hash(text));
      }
      assertThat(hash.hash(text + "\0")).isNotEqualTo(hash.hash(text));
    }
  }
}
