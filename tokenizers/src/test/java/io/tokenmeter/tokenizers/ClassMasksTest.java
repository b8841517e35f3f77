package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassMasksTest {
  private final ClassMasks masks = new ClassMasks();

  @Test
  void mask_everyCodePoint_asItsClass() {
    StringBuilder all = new StringBuilder();
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        all.appendCodePoint(codePoint);
      }
    }
    assertClasses(all.toString().getBytes(StandardCharsets.UTF_8), 0);
  }

  @Test
  void mask_mixedTextAtAnyPlace_asTheClasses() {
    int[] bounds = {0x80, 0x80, 0x80, 0x500, 0x3100, 0xA000, 0x110000};
    Random random = new Random(13);
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      int bound = bounds[random.nextInt(bounds.length)];
      for (int n = random.nextInt(3000); n >= 0; n--) {
        int codePoint = random.nextInt(random.nextBoolean() ? bound : 0x80);
        text.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? 'x' : codePoint);
      }
      assertClasses(text.toString().getBytes(StandardCharsets.UTF_8), random.nextInt(3));
    }
  }

  private void assertClasses(byte[] utf8, int skipped) {
    int from = 0;
    for (int i = 0; i < skipped && from < utf8.length; i++) {
      from += CharClasses.width(utf8, from);
    }
    while (from < utf8.length) {
      masks.classify(utf8, from, utf8.length);
      assertThat(masks.end()).isGreaterThan(from);
      while (from < masks.end()) {
        int width = CharClasses.width(utf8, from);
        String expected = expected(utf8, from, width);
        for (int at = from; at < from + width; at++) {
          if (!found(at).equals(expected)) {
            assertThat(found(at)).as("U+%X", Utf8.codePoint(utf8, from)).isEqualTo(expected);
          }
          expected = expected.replace("first", "more").replace(" unknown", "");
        }
        from += width;
      }
    }
  }

  private static String expected(byte[] utf8, int at, int width) {
    String start = "first";
    boolean ascii = width == 1;
    return start
        + switch (CharClasses.at(utf8, at)) {
          case CharClasses.LOWER -> " small";
          case CharClasses.UPPER -> " capital";
          case CharClasses.CASELESS -> " caseless";
          case CharClasses.MARK -> " small caseless";
          case CharClasses.NUMBER -> ascii ? " digit" : " unknown";
          case CharClasses.BLANK ->
              !ascii ? " unknown" : utf8[at] == ' ' ? " space" : " space control";
          case CharClasses.NEWLINE -> " control";
          default -> "";
        };
  }

  private String found(int at) {
    return (is(ClassMasks.CONTINUATION, at) ? "more" : "first")
        + (is(ClassMasks.SMALL, at) ? " small" : "")
        + (is(ClassMasks.CAPITAL, at) ? " capital" : "")
        + (is(ClassMasks.CASELESS, at) ? " caseless" : "")
        + (is(ClassMasks.DIGIT, at) ? " digit" : "")
        + (is(ClassMasks.SPACE, at) ? " space" : "")
        + (is(ClassMasks.CONTROL, at) ? " control" : "")
        + (is(ClassMasks.UNKNOWN, at) ? " unknown" : "");
  }

  private boolean is(int charClass, int at) {
    return (masks.mask(charClass, at) & 1) != 0;
  }
}
