package io.tokenmeter.tokenizers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Tables one after the other, each behind its length. */
final class TableFile {
  private static final int START = 2 * Integer.BYTES;

  private final ByteBuffer file = ByteBuffer.allocate(1 << 24).order(ByteOrder.LITTLE_ENDIAN);

  TableFile() {
    file.position(START);
  }

  void add(byte[] table, int length) {
    file.putInt(length).put(table, 0, length);
  }

  void add(int[] table) {
    file.putInt(table.length).asIntBuffer().put(table);
    file.position(file.position() + Integer.BYTES * table.length);
  }

  void add(long[] table) {
    file.putInt(table.length).asLongBuffer().put(table);
    file.position(file.position() + Long.BYTES * table.length);
  }

  byte[] toBytes() {
    CRC32 checksum = new CRC32();
    checksum.update(file.array(), START, file.position() - START);
    file.putInt(0, VocabularyFile.MAGIC).putInt(Integer.BYTES, (int) checksum.getValue());
    return Arrays.copyOf(file.array(), file.position());
  }
}
