package io.tokenmeter.engine.ledger;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Permissions for what the ledger creates: nobody but the owner, where the system knows owners. */
public final class OwnerOnly {
  private static final FileAttribute<?>[] NONE = {};

  private OwnerOnly() {}

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

  public static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
