package io.tokenmeter.benchmarks.budgets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one thread of a worker charged, in a file of its own. A line goes to the disk before the
 * ledger is told, another is written after: of a process that was killed in between nobody can know
 * whether the ledger was told.
 */
final class Journal {
  private static final String DONE = "done";

  private final FileChannel file;

  Journal(Path path) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void aboutToCharge(int round, int user, long tokens) throws IOException {
    write(round + " " + user + " " + tokens + "\n");
    file.force(false);
  }

  void charged() throws IOException {
    write(DONE + "\n");
  }

  private void write(String line) throws IOException {
    file.write(ByteBuffer.wrap(line.getBytes(UTF_8)));
  }

  /**
   * What the journals say of one round.
   *
   * @param charged tokens by user, surely charged
   * @param doubtful tokens by user, charged or not
   * @param calls how many were charged
   */
  record Totals(Map<Integer, Long> charged, Map<Integer, Long> doubtful, long calls) {}

  static Totals read(List<Path> journals, int round) throws IOException {
    Map<Integer, Long> charged = new TreeMap<>();
    Map<Integer, Long> doubtful = new TreeMap<>();
    long calls = 0;
    for (Path journal : journals) {
      String text = Files.readString(journal);
      // What comes after the last line end was not written in full, so the ledger was not told.
      String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n");
      for (int i = 0; i < lines.length; i++) {
        String[] words = lines[i].split(" ");
        if (words.length == 3 && words[0].equals(Integer.toString(round))) {
          boolean done = i + 1 < lines.length && lines[i + 1].equals(DONE);
          calls += done ? 1 : 0;
          (done ? charged : doubtful)
              .merge(Integer.valueOf(words[1]), Long.valueOf(words[2]), Long::sum);
        }
      }
    }
    return new Totals(charged, doubtful, calls);
  }
}
