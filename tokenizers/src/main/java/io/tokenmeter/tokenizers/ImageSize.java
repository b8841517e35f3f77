package io.tokenmeter.tokenizers;

/**
 * The size of an image in pixels, read from the start of its file: PNG, JPEG, GIF and WebP.
 *
 * @param width 0 where it is not known
 * @param height 0 where it is not known
 */
public record ImageSize(int width, int height) {
  /** The size of an image that cannot be told. */
  public static final ImageSize UNKNOWN = new ImageSize(0, 0);

  private static final int PNG = 0x89504E47;
  private static final int GIF = 0x47494638; // GIF8
  private static final int RIFF = 0x52494646;
  private static final int WEBP = 0x57454250;
  private static final int VP8_LOSSY = 0x56503820; // VP8 and a space
  private static final int VP8_LOSSLESS = 0x5650384C; // VP8L
  private static final int VP8_EXTENDED = 0x56503858; // VP8X
  private static final int JPEG = 0xFFD8;
  private static final int START_OF_SCAN = 0xDA;

  /**
   * The size of an image in Base64 (either alphabet), with or without a data URL's header. Reads
   * only as far as it must, copies nothing, never throws.
   *
   * @return {@link #UNKNOWN} for what is none of the four formats, or cut short, or no Base64
   */
  public static ImageSize ofBase64(CharSequence base64OrDataUrl) {
    ImageSize size = read(Base64Bytes.of(base64OrDataUrl));
    return size.width > 0 && size.height > 0 ? size : UNKNOWN;
  }

  private static ImageSize read(Base64Bytes file) {
    if (file.bigEndian(0, 4) == PNG) {
      return new ImageSize(file.bigEndian(16, 4), file.bigEndian(20, 4));
    }
    if (file.bigEndian(0, 4) == GIF) {
      return new ImageSize(file.littleEndian(6, 2), file.littleEndian(8, 2));
    }
    if (file.bigEndian(0, 2) == JPEG) {
      return ofJpeg(file);
    }
    if (file.bigEndian(0, 4) == RIFF && file.bigEndian(8, 4) == WEBP) {
      return ofWebP(file);
    }
    return UNKNOWN;
  }

  /** Walks the segments up to the frame header, which has the size. */
  private static ImageSize ofJpeg(Base64Bytes file) {
    int at = 2;
    while (file.at(at) == 0xFF) {
      int marker = file.at(at + 1);
      if (marker == 0xFF) {
        at++;
        continue;
      }
      if (marker == START_OF_SCAN || marker < 0) {
        return UNKNOWN;
      }
      if (isFrameHeader(marker)) {
        return new ImageSize(file.bigEndian(at + 7, 2), file.bigEndian(at + 5, 2));
      }
      at += isBare(marker) ? 2 : 2 + Math.max(2, file.bigEndian(at + 2, 2));
    }
    return UNKNOWN;
  }

  /** SOF0 to SOF15; the three that are not are tables (DHT, JPG, DAC). */
  private static boolean isFrameHeader(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** Markers without a segment: TEM, RST0 to RST7. */
  private static boolean isBare(int marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
  }

  private static ImageSize ofWebP(Base64Bytes file) {
    return switch (file.bigEndian(12, 4)) {
      case VP8_LOSSY ->
          new ImageSize(file.littleEndian(26, 2) & 0x3FFF, file.littleEndian(28, 2) & 0x3FFF);
      case VP8_LOSSLESS -> {
        int bits = file.littleEndian(21, 4);
        boolean known = file.at(24) >= 0;
        yield known ? new ImageSize((bits & 0x3FFF) + 1, (bits >>> 14 & 0x3FFF) + 1) : UNKNOWN;
      }
      case VP8_EXTENDED -> {
        boolean known = file.at(29) >= 0;
        yield known
            ? new ImageSize(file.littleEndian(24, 3) + 1, file.littleEndian(27, 3) + 1)
            : UNKNOWN;
      }
      default -> UNKNOWN;
    };
  }
}
