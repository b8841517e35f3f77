package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif"})
  void ofBase64_fileOfTheJdk_sizeRead(String format) throws IOException {
    byte[] file = image(format, 641, 357);
    String base64 = Base64.getEncoder().encodeToString(file);
    ImageSize expected = new ImageSize(641, 357);
    assertThat(ImageSize.ofBase64(base64)).isEqualTo(expected);
    assertThat(ImageSize.ofBase64("data:image/" + format + ";base64," + base64))
        .isEqualTo(expected);
    assertThat(ImageSize.ofBase64(Base64.getUrlEncoder().encodeToString(file))).isEqualTo(expected);
  }

  @Test
  void ofBase64_jpegWithLargeMetadata_sizeRead() throws IOException {
    byte[] jpeg = image("jpg", 300, 200);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg, 0, 2);
    for (int i = 0; i < 3; i++) {
      file.write(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xE1, (byte) 0xFF, (byte) 0xF0});
      file.write(new byte[0xFFF0 - 2]);
    }
    file.write(jpeg, 2, jpeg.length - 2);
    assertThat(ImageSize.ofBase64(Base64.getEncoder().encodeToString(file.toByteArray())))
        .isEqualTo(new ImageSize(300, 200));
  }

  /** Headers put together after RFC 9649. */
  @ParameterizedTest
  @CsvSource({
    "52494646240000005745425056503820180000003001009d012a80025801, 640, 344",
    "524946461e000000574542505650384c110000002f7f8295000000000000, 640, 599",
    "524946461e00000057454250565038580a000000100000007f0200570200, 640, 600"
  })
  void ofBase64_webP_sizeRead(String hex, int width, int height) {
    byte[] file = HexFormat.of().parseHex(hex);
    assertThat(ImageSize.ofBase64(Base64.getEncoder().encodeToString(file)))
        .isEqualTo(new ImageSize(width, height));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data:",
        "data:image/png;base64,",
        "https://example.com/cat.png",
        "iVBORw0KGgo=",
        "\u4E2D\u6587",
        "!!!!",
        "/9j/",
        "/9j///////"
      })
  void ofBase64_noImage_unknown(String text) {
    assertThat(ImageSize.ofBase64(text)).isEqualTo(ImageSize.UNKNOWN);
  }

  @Test
  void ofBase64_damagedFiles_neverThrows() throws IOException {
    Random random = new Random(6);
    for (String format : new String[] {"png", "jpg", "gif"}) {
      byte[] file = image(format, 20, 30);
      for (int i = 0; i < 2000; i++) {
        byte[] damaged = file.clone();
        for (int n = random.nextInt(6); n >= 0; n--) {
          damaged[random.nextInt(40)] = (byte) random.nextInt();
        }
        String base64 = Base64.getEncoder().encodeToString(damaged);
        ImageSize size = ImageSize.ofBase64(base64.substring(0, random.nextInt(base64.length())));
        assertThat(size.width() > 0).isEqualTo(size.height() > 0);
      }
    }
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, file);
    return file.toByteArray();
  }
}
