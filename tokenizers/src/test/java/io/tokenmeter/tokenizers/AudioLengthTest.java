package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioLengthTest {
  /** A WAV file as the JDK writes it. */
  private static byte[] wav(float rate, int bits, int channels, int frames) throws Exception {
    AudioFormat format = new AudioFormat(rate, bits, channels, bits > 8, false);
    byte[] sound = new byte[frames * format.getFrameSize()];
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(sound), format, frames),
        AudioFileFormat.Type.WAVE,
        file);
    return file.toByteArray();
  }

  private static long millis(byte[] file) {
    return AudioLength.millisOfBase64(Base64.getEncoder().encodeToString(file), file.length);
  }

  @ParameterizedTest
  @CsvSource({"24000, 16, 1, 24000, 1000", "44100, 16, 2, 66150, 1500", "8000, 8, 1, 80, 10"})
  void millis_wavFile_isItsLength(float rate, int bits, int channels, int frames, long millis)
      throws Exception {
    assertThat(millis(wav(rate, bits, channels, frames))).isEqualTo(millis);
  }

  @Test
  void millis_chunksBeforeTheSound_arePassedOver() throws Exception {
    byte[] file = wav(16_000, 16, 1, 16_000);
    ByteBuffer longer = ByteBuffer.allocate(file.length + 20).order(ByteOrder.LITTLE_ENDIAN);
    longer.put(file, 0, 12).put("LIST".getBytes(StandardCharsets.US_ASCII)).putInt(11);
    longer.put(new byte[12]).put(file, 12, file.length - 12);
    assertThat(millis(longer.array())).isEqualTo(1000);
  }

  @Test
  void millis_brokenFiles_neverThrows() throws Exception {
    byte[] file = wav(16_000, 16, 1, 1_600);
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      byte[] broken = Arrays.copyOf(file, random.nextInt(200));
      for (int n = 0; n < 4 && broken.length > 12; n++) {
        broken[12 + random.nextInt(broken.length - 12)] = (byte) random.nextInt();
      }
      assertThat(millis(broken)).isNotNegative();
    }
    assertThat(AudioLength.millisOfBase64("not Base64 at all!", 13)).isZero();
    assertThat(AudioLength.millisOfBase64("", 0)).isZero();
  }
}
