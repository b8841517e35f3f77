package io.tokenmeter.tokenizers;

/** How long the sound of a file lasts, read from its start: WAV. Other formats do not say. */
public final class AudioLength {
  private static final int RIFF = 0x52494646;
  private static final int WAVE = 0x57415645;
  private static final int FORMAT = 0x666D7420; // fmt and a space
  private static final int DATA = 0x64617461;

  /** Behind the file's head, where the first chunk is. */
  private static final int FIRST_CHUNK = 12;

  private static final int CHUNK_HEAD = 8;
  private static final int BYTES_A_SECOND = 8;

  /** Chunks before the sound (names, dates); a file with more is none that anybody made. */
  private static final int MOST_CHUNKS = 100;

  private AudioLength() {}

  /**
   * Milliseconds of sound in a file in Base64 (either alphabet), with or without a data URL's
   * header. Reads only as far as it must, copies nothing, never throws.
   *
   * @param bytes of the whole file; what its head says of that is often a guess
   * @return 0 where it cannot be told
   */
  public static long millisOfBase64(CharSequence base64OrDataUrl, long bytes) {
    Base64Bytes file = Base64Bytes.of(base64OrDataUrl);
    if (file.bigEndian(0, 4) != RIFF || file.bigEndian(8, 4) != WAVE) {
      return 0;
    }
    long bytesASecond = 0;
    long chunk = FIRST_CHUNK;
    for (int i = 0; i < MOST_CHUNKS && chunk + CHUNK_HEAD < bytes; i++) {
      int at = (int) chunk;
      int id = file.bigEndian(at, 4);
      if (id == FORMAT) {
        bytesASecond =
            Integer.toUnsignedLong(file.littleEndian(at + CHUNK_HEAD + BYTES_A_SECOND, 4));
      } else if (id == DATA) {
        return bytesASecond == 0 ? 0 : (bytes - chunk - CHUNK_HEAD) * 1000 / bytesASecond;
      }
      long size = Integer.toUnsignedLong(file.littleEndian(at + 4, 4));
      chunk += CHUNK_HEAD + size + size % 2;
      if (chunk > Integer.MAX_VALUE - CHUNK_HEAD - BYTES_A_SECOND - 4) {
        return 0;
      }
    }
    return 0;
  }
}
