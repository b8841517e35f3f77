package io.tokenmeter.javaagent.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows in aligned columns under a head; each on one line, whatever is in them. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> numeric;

  /**
   * @param head the columns' names; those that begin with {@code >} are aligned to the right
   */
  TextTable(String... head) {
    numeric = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String name : head) {
      numeric.add(name.startsWith(">"));
      names.add(name.startsWith(">") ? name.substring(1) : name);
    }
    rows.add(names);
  }

  void row(String... cells) {
    rows.add(Stream.of(cells).map(TextWidth::printable).toList());
  }

  void print(PrintWriter out) {
    int[] widths = new int[numeric.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String blanks = " ".repeat(widths[i] - TextWidth.of(row.get(i)));
        line.append(numeric.get(i) ? blanks + row.get(i) : row.get(i) + blanks).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
