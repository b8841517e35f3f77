package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Who may use what lies in a state directory: nobody but the owner, where the system knows owners;
 * in a {@linkplain #isShared shared} directory its group too.
 */
public final class StateFiles {
  private static final FileAttribute<?>[] NONE = {};
  private static final Set<PosixFilePermission> GROUP =
      PosixFilePermissions.fromString("rw-rw----");
  private static final Set<PosixFilePermission> GROUP_READS =
      PosixFilePermissions.fromString("rw-r-----");

  /** Mode 2770: what is created there belongs to the directory's group. */
  static final int SHARED_MODE = 02770;

  private static final int MODE_BITS = 07777;

  private StateFiles() {}

  /** For a file that only its owner may use. */
  public static FileAttribute<?>[] fileAttributes(Path path) {
    return posix(path, "rw-------");
  }

  public static FileAttribute<?>[] directoryAttributes(Path path) {
    return posix(path, "rwx------");
  }

  private static FileAttribute<?>[] posix(Path path, String permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : NONE;
  }

  static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /**
   * Whether a directory is one for a group: its mode is 2770, which {@link StateDirectory#share}
   * sets and nobody has by chance.
   */
  public static boolean isShared(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return false;
    }
    try {
      return ((int) Files.getAttribute(directory, "unix:mode") & MODE_BITS) == SHARED_MODE;
    } catch (NoSuchFileException notYet) {
      return false;
    }
  }

  /**
   * Creates a file in a shared directory, if it is not there; elsewhere does nothing. The umask
   * takes the group's right to write from what is created, so the file gets its name only when it
   * has its mode: no other user's process finds it without.
   */
  public static void prepare(Path file) throws IOException {
    if (!isInShared(file) || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path aside = Files.createTempFile(directory(file), ".new", null);
    try {
      Files.setPosixFilePermissions(aside, GROUP);
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException createdByAnother) {
      // just as well
    } catch (UnsupportedOperationException | FileSystemException noHardLinks) {
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(aside, file);
      }
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /** Lets the group read and write a file of ours that lies in a shared directory. */
  public static void share(Path file) throws IOException {
    if (isInShared(file)) {
      Files.setPosixFilePermissions(file, GROUP);
    }
  }

  /** Lets the group read a file of ours that lies in a shared directory. */
  public static void shareForReading(Path file) throws IOException {
    if (isInShared(file)) {
      Files.setPosixFilePermissions(file, GROUP_READS);
    }
  }

  /**
   * Whom a file can be written by who should not be able to.
   *
   * @return empty if there is nobody; else the rest of a sentence about the file
   */
  public static String distrust(Path file) throws IOException {
    if (!isPosix(file)) {
      return "";
    }
    PosixFileAttributes found = posixAttributes(file);
    boolean group = found.permissions().contains(PosixFilePermission.GROUP_WRITE);
    boolean others = found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    if (!isInShared(file)) {
      return group || others ? "can be written by others than its owner, expected mode 0600" : "";
    }
    if (others) {
      return "can be written by everybody, expected mode 0660";
    }
    PosixFileAttributes directory = posixAttributes(directory(file));
    return found.group().equals(directory.group())
        ? ""
        : "belongs to group %s, expected %s, which its directory is shared with"
            .formatted(found.group(), directory.group());
  }

  private static PosixFileAttributes posixAttributes(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isInShared(Path file) throws IOException {
    return isShared(directory(file));
  }

  private static Path directory(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }
}
