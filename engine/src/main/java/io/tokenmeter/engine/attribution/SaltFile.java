package io.tokenmeter.engine.attribution;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tokenmeter.engine.ledger.StateFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The host's salt: 32 random bytes in hexadecimal, readable by their owner only, or by the group
 * that the directory is shared with: all its processes see the same fingerprints.
 */
final class SaltFile {
  private static final String NAME = "api-key-salt";
  private static final int BYTES = 32;

  private SaltFile() {}

  /**
   * Processes that start at once all read the same salt: it is written aside and then linked to its
   * name, which succeeds for one of them.
   */
  static byte[] readOrCreate(Path home) throws IOException {
    Path file = home.resolve(NAME);
    try {
      return read(file);
    } catch (NoSuchFileException missing) {
      Files.createDirectories(home, StateFiles.directoryAttributes(home));
      Path aside = Files.createTempFile(home, NAME, ".tmp", StateFiles.fileAttributes(home));
      try {
        byte[] salt = new byte[BYTES];
        new SecureRandom().nextBytes(salt);
        Files.writeString(aside, HexFormat.of().formatHex(salt) + "\n", US_ASCII);
        StateFiles.shareForReading(aside);
        publish(aside, file);
      } catch (FileAlreadyExistsException createdByAnother) {
        // read below
      } finally {
        Files.deleteIfExists(aside);
      }
      return read(file);
    }
  }

  private static void publish(Path aside, Path file) throws IOException {
    try {
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException createdByAnother) {
      throw createdByAnother;
    } catch (UnsupportedOperationException | FileSystemException noHardLinks) {
      // Some mounts have none; there, two processes that start at once may not agree.
      Files.move(aside, file);
    }
  }

  private static byte[] read(Path file) throws IOException {
    String text = Files.readString(file, US_ASCII).strip();
    try {
      if (text.length() == 2 * BYTES) {
        return HexFormat.of().parseHex(text);
      }
    } catch (IllegalArgumentException notHexadecimal) {
      // said below
    }
    throw new IOException(
        file
            + " does not hold a salt of "
            + 2 * BYTES
            + " hexadecimal digits; delete it to get a new"
            + " one, or set api-key-salt");
  }
}
