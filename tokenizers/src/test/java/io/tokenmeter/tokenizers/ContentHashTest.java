package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static final long KEY0 = 0x0706050403020100L;
  private static final long KEY1 = 0x0f0e0d0c0b0a0908L;

  /** The first vectors of the reference implementation's {@code vectors_sip128}: SipHash-2-4. */
  @Test
  void textbook_twoAndFourRounds_theReferencesVectors() {
    assertThat(textbook(new byte[0], 2, 4)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    assertThat(textbook(new byte[] {0}, 2, 4)).isEqualTo("da87c1d86b99af44347659119b22fc45");
  }

  @Test
  void hash_anyLength_asTheTextbookHasIt() {
    Random random = new Random(7);
    ContentHash hash = new ContentHash(KEY0, KEY1);
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length + 3];
      random.nextBytes(bytes);
      long[] found = new long[3];
      hash.hash(bytes, 2, 2 + length, found, 1);
      assertThat(hex(found[1], found[2]))
          .isEqualTo(textbook(Arrays.copyOfRange(bytes, 2, 2 + length), 1, 3));
    }
  }

  /** After the paper, step by step. */
  private static String textbook(byte[] message, int compressing, int finishing) {
    long[] v = {
      KEY0 ^ 0x736f6d6570736575L,
      KEY1 ^ 0x646f72616e646f6dL ^ 0xee,
      KEY0 ^ 0x6c7967656e657261L,
      KEY1 ^ 0x7465646279746573L
    };
    byte[] padded = Arrays.copyOf(message, message.length / 8 * 8 + 8);
    padded[padded.length - 1] = (byte) message.length;
    ByteBuffer words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      long word = words.getLong();
      v[3] ^= word;
      rounds(v, compressing);
      v[0] ^= word;
    }
    v[2] ^= 0xee;
    rounds(v, finishing);
    long low = v[0] ^ v[1] ^ v[2] ^ v[3];
    v[1] ^= 0xdd;
    rounds(v, finishing);
    return hex(low, v[0] ^ v[1] ^ v[2] ^ v[3]);
  }

  private static void rounds(long[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }

  private static String hex(long low, long high) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(bytes.putLong(low).putLong(high).array());
  }
}
