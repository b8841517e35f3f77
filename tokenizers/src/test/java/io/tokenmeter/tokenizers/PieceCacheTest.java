package io.tokenmeter.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PieceCacheTest {
  private final PieceCache cache = new PieceCache();

  @Test
  void tokens_roomForAll_nearlyAllRememberedWhileItGrows() {
    int pieces = 60_000;
    for (int i = 0; i < pieces; i++) {
      put(piece(i), 1 + i % 200);
    }
    int known = 0;
    for (int i = 0; i < pieces; i++) {
      int tokens = tokens(piece(i));
      if (tokens != PieceCache.UNKNOWN) {
        assertThat(tokens).isEqualTo(1 + i % 200);
        known++;
      }
    }
    assertThat(known).isGreaterThan(pieces * 9 / 10);
    for (int i = pieces; i < 2 * pieces; i++) {
      assertThat(tokens(piece(i))).isEqualTo(PieceCache.UNKNOWN);
    }
  }

  @Test
  void tokens_moreThanThereIsRoomFor_theLatestAreKnown() {
    int pieces = 1_000_000;
    for (int i = 0; i < pieces; i++) {
      put(piece(i), 7);
    }
    int known = 0;
    for (int i = pieces - 10_000; i < pieces; i++) {
      known += tokens(piece(i)) == 7 ? 1 : 0;
    }
    assertThat(known).isGreaterThan(9_000);
  }

  @Test
  void tokens_pieceOfEveryLength_isToldFromItsPrefixesAndFromZeroBytes() {
    for (int length = 1; length <= PieceCache.LONGEST; length++) {
      put(bytes(length, 'x'), 1 + length % 255);
    }
    for (int length = 1; length <= PieceCache.LONGEST; length++) {
      assertThat(tokens(bytes(length, 'x'))).isEqualTo(1 + length % 255);
      byte[] other = bytes(length, 'x');
      other[length - 1] = 0;
      assertThat(tokens(other)).isEqualTo(PieceCache.UNKNOWN);
      other = bytes(length, 'x');
      other[0] = 'y';
      assertThat(tokens(other)).isEqualTo(PieceCache.UNKNOWN);
    }
  }

  /** Of 1 to 25 bytes. */
  private static byte[] piece(int number) {
    String text = Integer.toString(number, 36);
    return (text + "-".repeat(number % 20)).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int length, char value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** What is behind the piece must not matter. */
  private static byte[] padded(byte[] piece, char value) {
    byte[] padded = bytes(piece.length + Longs.PADDING, value);
    System.arraycopy(piece, 0, padded, 0, piece.length);
    return padded;
  }

  private void put(byte[] piece, int tokens) {
    byte[] text = padded(piece, 'a');
    cache.put(
        PieceCache.head(text, 0, piece.length), PieceCache.tail(text, 0, piece.length), tokens);
  }

  private int tokens(byte[] piece) {
    byte[] text = padded(piece, 'b');
    return cache.tokens(
        PieceCache.head(text, 0, piece.length), PieceCache.tail(text, 0, piece.length));
  }
}
