package io.tokenmeter.engine.prices;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The bundled table as it was read; the file's head describes its form.
 *
 * @param date the day whose prices these are
 * @param providers in the file's order
 */
record PriceFile(LocalDate date, List<PriceSection> providers) {
  private static final String RESOURCE = "prices.tsv";

  private static final class Bundled {
    static final PriceFile FILE = read();
  }

  /** The table in this jar, read when it is first asked for. */
  static PriceFile bundled() {
    return Bundled.FILE;
  }

  private static PriceFile read() {
    try (InputStream stream = PriceFile.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException(RESOURCE + " is not beside " + PriceFile.class);
      }
      return parse(new BufferedReader(new InputStreamReader(stream, UTF_8)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static PriceFile parse(BufferedReader lines) throws IOException {
    LocalDate date = LocalDate.EPOCH;
    List<PriceSection> providers = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("date\t")) {
        date = LocalDate.parse(line.substring("date\t".length()));
      } else if (line.startsWith("provider\t")) {
        rows = new ArrayList<>();
        providers.add(PriceSection.of(line, rows));
      } else if (!line.startsWith("#")) {
        rows.add(line);
      }
    }
    return new PriceFile(date, List.copyOf(providers));
  }
}
