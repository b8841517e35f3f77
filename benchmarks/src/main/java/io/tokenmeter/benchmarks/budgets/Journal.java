package io.tokenmeter.benchmarks.budgets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

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

  void aboutToCharge(int user, String order, boolean paced, long tokens) throws IOException {
    write(user + " " + order + " " + paced + " " + tokens + "\n");
    file.force(false);
  }

  void charged() throws IOException {
    write(DONE + "\n");
  }

  private void write(String line) throws IOException {
    file.write(ByteBuffer.wrap(line.getBytes(UTF_8)));
  }

  void close() throws IOException {
    file.close();
  }

  /**
   * One call.
   *
   * @param paced whether it fell under a bucket whose limit is reloaded
   * @param done whether it was charged for sure
   */
  record Line(int user, String order, boolean paced, long tokens, boolean done) {}

  static List<Line> read(List<Path> journals) throws IOException {
    List<Line> all = new ArrayList<>();
    for (Path journal : journals) {
      String text = Files.readString(journal);
      // What comes after the last line end was not written in full, so the ledger was not told.
      String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n");
      for (int i = 0; i < lines.length; i++) {
        String[] words = lines[i].split(" ");
        if (words.length == 4) {
          all.add(
              new Line(
                  Integer.parseInt(words[0]),
                  words[1],
                  Boolean.parseBoolean(words[2]),
                  Long.parseLong(words[3]),
                  i + 1 < lines.length && lines[i + 1].equals(DONE)));
        }
      }
    }
    return all;
  }
}
