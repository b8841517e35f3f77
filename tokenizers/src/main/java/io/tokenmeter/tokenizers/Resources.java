package io.tokenmeter.tokenizers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The module's own data files, read through the class loader that loaded this class. */
final class Resources {
  private Resources() {}

  /**
   * A file beside this class, for reading.
   *
   * @throws IllegalStateException if the product was packed without it
   */
  static InputStream open(String name) {
    InputStream in = Resources.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(
          "the resource io/tokenmeter/tokenizers/"
              + name
              + " is missing: the tokenmeter jar was repacked without its data files");
    }
    return in;
  }

  /** The content of a file beside this class. */
  static byte[] bytes(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + name, e);
    }
  }

  /** The lines of a UTF-8 text file beside this class. */
  static List<String> lines(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
  }
}
