package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.ResponseReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ContentDecoderTest {
  private static final byte[] PLAIN = "data: {\"n\":1}\n\n".repeat(2000).getBytes(UTF_8);

  @Test
  void gzip_cutAtEveryByte_givesThePlainBytes() throws IOException {
    byte[] gzip = gzip(PLAIN);
    for (int cut = 0; cut <= gzip.length; cut++) {
      assertThat(decode("gzip", gzip, cut)).as("cut at %d", cut).isEqualTo(PLAIN);
    }
  }

  @Test
  void gzip_withEveryOptionalHeaderField_givesThePlainBytes() throws IOException {
    byte[] gzip = gzipWithAllHeaderFields(PLAIN);
    for (int cut = 0; cut <= 80; cut++) {
      assertThat(decode("GZIP", gzip, cut)).as("cut at %d", cut).isEqualTo(PLAIN);
    }
  }

  @Test
  void deflate_isInflated() throws IOException {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(PLAIN);
    }
    assertThat(decode("deflate", deflated.toByteArray(), 7)).isEqualTo(PLAIN);
  }

  @Test
  void absentOrIdentity_passesThrough() {
    assertThat(decode(null, PLAIN, 3)).isEqualTo(PLAIN);
    assertThat(decode("identity", PLAIN, 3)).isEqualTo(PLAIN);
  }

  @Test
  void unknownEncoding_isNotDecoded() {
    assertThat(ContentDecoder.create("br", new Collector())).isNull();
  }

  @Test
  void brokenGzip_keepsWhatWasDecodedBefore() throws IOException {
    byte[] gzip = gzip(PLAIN);
    java.util.Arrays.fill(gzip, gzip.length / 2, gzip.length, (byte) 0x55);
    byte[] decoded = decode("gzip", gzip, gzip.length);
    assertThat(decoded.length).isLessThanOrEqualTo(PLAIN.length + 1024);
  }

  private static byte[] decode(String encoding, byte[] bytes, int cut) {
    Collector collector = new Collector();
    ContentDecoder decoder = ContentDecoder.create(encoding, collector);
    decoder.feed(bytes, 0, cut);
    decoder.feed(bytes, cut, bytes.length - cut);
    decoder.close();
    return collector.bytes.toByteArray();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(plain);
    }
    return gzip.toByteArray();
  }

  /** RFC 1952, section 2.3: FTEXT, FHCRC, FEXTRA, FNAME and FCOMMENT all set. */
  private static byte[] gzipWithAllHeaderFields(byte[] plain) throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    gzip.write(new byte[] {0x1f, (byte) 0x8b, 8, 31, 0, 0, 0, 0, 0, 3});
    gzip.write(new byte[] {4, 0, 'A', 'p', 0, 0});
    gzip.write("name\0".getBytes(UTF_8));
    gzip.write("a comment\0".getBytes(UTF_8));
    CRC32 crc = new CRC32();
    crc.update(gzip.toByteArray());
    gzip.write((int) crc.getValue() & 0xff);
    gzip.write((int) (crc.getValue() >> 8) & 0xff);
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    DeflaterOutputStream out = new DeflaterOutputStream(gzip, deflater);
    out.write(plain);
    out.finish();
    deflater.end();
    gzip.write(new byte[8]);
    return gzip.toByteArray();
  }

  private static final class Collector implements ResponseReader {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void feed(byte[] piece, int offset, int length) {
      bytes.write(piece, offset, length);
    }

    @Override
    public ResponseFacts facts() {
      return new ResponseFacts(null, null, null, List.of(), null, 0, false, false);
    }
  }
}
