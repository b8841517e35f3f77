package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NfcStageTest {
  private static final int CASES = Integer.getInteger("tokenizers.cases", 10_000);

  @Test
  void append_everyCharacter_isNormalised() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
        assertNormalised("a" + Character.toString(c) + "\u0301\u0323\u11A8", 1);
      }
    }
  }

  @Test
  void append_randomTextInParts_isNormalised() {
    Random random = new Random(11);
    for (int i = 0; i < CASES; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(12); n > 0; n--) {
        int c =
            switch (random.nextInt(6)) {
              case 0 -> 'a' + random.nextInt(26);
              case 1 -> 0xC0 + random.nextInt(0x140);
              case 2 -> 0x300 + random.nextInt(0x70);
              case 3 -> 0x1100 + random.nextInt(0x100);
              case 4 -> 0xAC00 + random.nextInt(0x400);
              default -> random.nextInt(0x20000);
            };
        if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
          text.appendCodePoint(c);
        }
      }
      if (text.length() > 0) {
        assertNormalised(text.toString(), 1 + random.nextInt(4));
      }
    }
  }

  @Test
  void append_marksWithoutEnd_takesTimeInProportion() {
    String text = "a" + "\u0301\u0316".repeat(500_000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(normalised(text, 1000))
                .isEqualTo("\u00E1" + "\u0316".repeat(500_000) + "\u0301".repeat(499_999)));
  }

  private static void assertNormalised(String text, int part) {
    assertThat(normalised(text, part))
        .as(text)
        .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
  }

  private static String normalised(String text, int part) {
    Kept kept = new Kept();
    NfcStage stage = new NfcStage(kept);
    int[] codePoints = text.codePoints().toArray();
    for (int at = 0; at < codePoints.length; at += part) {
      byte[] utf8 =
          new String(codePoints, at, Math.min(part, codePoints.length - at))
              .getBytes(StandardCharsets.UTF_8);
      stage.append(utf8, 0, utf8.length);
    }
    stage.endSection();
    return new String(
        kept.text.bytes(), kept.text.start(), kept.text.length(), StandardCharsets.UTF_8);
  }

  private static final class Kept extends Stage {
    private final ByteQueue text = new ByteQueue();

    Kept() {
      super(null);
    }

    @Override
    void append(byte[] utf8, int from, int to) {
      text.append(utf8, from, to);
    }

    @Override
    void endSection() {}

    @Override
    void reset() {}

    @Override
    void copyFrom(Stage other) {}
  }
}
