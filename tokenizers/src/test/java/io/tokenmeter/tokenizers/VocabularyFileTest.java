package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyFileTest {
  private static final String RESOURCE = "r50k_base.bpe";
  private static final byte[] INTACT = Resources.bytes(RESOURCE);
  private static final int BYTES_OF_START = 2 * Integer.BYTES;

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void read_jarThatStoresOrDeflates_encodesAlike(int method, @TempDir Path directory)
      throws IOException {
    Path jar = directory.resolve("repacked.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(entry(method));
      zip.write(INTACT);
    }
    try (ZipFile zip = new ZipFile(jar.toFile());
        InputStream in = zip.getInputStream(zip.getEntry(RESOURCE))) {
      assertEncodesAlike(VocabularyFile.read(RESOURCE, in));
    }
  }

  private static ZipEntry entry(int method) {
    ZipEntry entry = new ZipEntry(RESOURCE);
    entry.setMethod(method);
    CRC32 checksum = new CRC32();
    checksum.update(INTACT);
    entry.setSize(INTACT.length);
    entry.setCrc(checksum.getValue());
    return entry;
  }

  /** As an inflater or a jar within a jar may do. */
  @Test
  void read_streamOfFewBytesAtATime_encodesAlike() throws IOException {
    InputStream inDrops =
        new FilterInputStream(new ByteArrayInputStream(INTACT)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 1 + length % 777));
          }
        };
    assertEncodesAlike(VocabularyFile.read(RESOURCE, inDrops));
  }

  private static void assertEncodesAlike(Vocabulary vocabulary) {
    Encoding expected = Encodings.forName("r50k_base");
    Encoding encoding = new BpeEncoding("read", vocabulary, new Gpt2PreTokenizer());
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      String text = TestTexts.random(random);
      int[] ids = expected.encode(text);
      assertThat(encoding.encode(text)).as(text).isEqualTo(ids);
      assertThat(encoding.count(text)).isEqualTo(ids.length);
    }
  }

  @Test
  void read_fileCutOffAnywhere_saysWhichResource() {
    Random random = new Random(2);
    for (int length = 0; length < INTACT.length; length += 1 + random.nextInt(length + 1)) {
      assertDamaged(Arrays.copyOf(INTACT, length), "it ends too early");
    }
    assertDamaged(Arrays.copyOf(INTACT, INTACT.length - 1), "it ends too early");
  }

  @Test
  void read_bytesBehindTheEnd_saysWhichResource() {
    assertDamaged(Arrays.copyOf(INTACT, INTACT.length + 1), "its checksum is wrong");
  }

  @Test
  void read_anotherKindOfFile_saysWhichResource() {
    byte[] other = INTACT.clone();
    other[0]++;
    assertDamaged(other, "it does not start like a vocabulary of this version");
  }

  @Test
  void read_anyBitFlipped_saysWhichResource() {
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = INTACT.clone();
      damaged[Integer.BYTES + random.nextInt(INTACT.length - Integer.BYTES)] ^=
          (byte) (1 << random.nextInt(Byte.SIZE));
      assertDamaged(damaged, "");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (1 << 24) + 1})
  void read_tableOfImpossibleSize_doesNotAllocateIt(int size) {
    byte[] damaged = INTACT.clone();
    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(BYTES_OF_START, size);
    assertDamaged(damaged, "a table has an impossible size");
  }

  private static void assertDamaged(byte[] file, String what) {
    assertThatIllegalStateException()
        .isThrownBy(() -> VocabularyFile.read(RESOURCE, new ByteArrayInputStream(file)))
        .withMessageContaining("the resource io/tokenmeter/tokenizers/r50k_base.bpe is damaged: ")
        .withMessageContaining(what)
        .withMessageContaining("; replace the tokenmeter jar");
  }
}
