package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.ledger.StateDirectory;
import io.tokenmeter.engine.ledger.StateFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the ledger can live in a directory: does there, in a file of its own, what it does. */
final class StateDirectoryCheck {
  private static final int PAGE_BYTES = 4096;
  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smbfs", "9p", "fuse.sshfs", "glusterfs");
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final Path directory;
  private final Optional<String> group;
  private final Findings findings;
  private boolean shared;

  /**
   * @param group what the directory is to be shared with
   */
  StateDirectoryCheck(Path directory, Optional<String> group, Findings findings) {
    this.directory = directory;
    this.group = group;
    this.findings = findings;
  }

  void run() {
    findings.heading("State directory: " + directory);
    try {
      if (Files.isDirectory(directory)) {
        tryIt(directory);
        checkFileSystem(directory);
        checkGroup();
        checkPermissions(directory, "the state directory");
        checkFiles();
      } else if (Files.exists(directory)) {
        findings.error("this is no directory; budgets would be kept in each process alone");
      } else {
        checkParent();
      }
    } catch (IOException unusable) {
      findings.error(
          "cannot be used, budgets would be kept in each process alone: " + reason(unusable));
    }
  }

  /** Changes nothing: the first metered program shares the directory. */
  private void checkGroup() throws IOException {
    shared = StateFiles.isShared(directory);
    if (shared) {
      String actual = Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
      findings.ok("is shared with the group " + actual);
    }
    if (group.isPresent()) {
      Optional<String> problem = StateDirectory.obstacle(directory, group.get());
      problem.ifPresent(findings::warning);
      if (problem.isEmpty() && !shared) {
        findings.fact(
            "is not shared with " + group.get() + " yet; the next metered program does it");
      }
    }
  }

  private void checkParent() throws IOException {
    Path parent = directory.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent == null || !Files.isWritable(parent)) {
      findings.error("does not exist and cannot be created in " + parent);
      return;
    }
    findings.ok("does not exist yet; the first metered program creates it");
    if (group.isPresent()) {
      StateDirectory.obstacle(directory, group.get()).ifPresent(findings::warning);
    }
    checkFileSystem(parent);
  }

  /** Writes, locks and maps a file. */
  private void tryIt(Path where) throws IOException {
    Path file = Files.createTempFile(where, "doctor", ".tmp");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        findings.error("files here cannot be locked; budgets cannot be shared");
        return;
      }
      MappedByteBuffer page = channel.map(FileChannel.MapMode.READ_WRITE, 0, PAGE_BYTES);
      page.putLong(0, 1);
      page.force();
      lock.release();
      findings.ok("files can be written, locked and mapped");
    } finally {
      Files.delete(file);
    }
  }

  private void checkFileSystem(Path where) throws IOException {
    String type = Files.getFileStore(where).type().toLowerCase(Locale.ROOT);
    if (NETWORK_FILE_SYSTEMS.contains(type)) {
      findings.warning(
          "lies on a network file system ("
              + type
              + "); budgets may only be shared on a local one");
    }
  }

  private void checkFiles() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        checkPermissions(file, String.valueOf(file.getFileName()));
      }
    }
  }

  private void checkPermissions(Path path, String name) throws IOException {
    if (shared && (path.equals(directory) || StateDirectory.isForGroup(path))) {
      String distrust = path.equals(directory) ? "" : StateFiles.distrust(path);
      if (!distrust.isEmpty()) {
        findings.warning(name + " " + distrust);
      }
      return;
    }
    String permissions = permissionsOfOthers(path);
    if (permissions != null) {
      findings.warning(name + " is open to others than its owner (" + permissions + ")");
    }
  }

  /** The permissions of a path that others than its owner have; null if they have none. */
  static @Nullable String permissionsOfOthers(Path path) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      return null;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    return Collections.disjoint(permissions, OTHERS)
        ? null
        : PosixFilePermissions.toString(permissions);
  }

  private static String reason(IOException unusable) {
    return unusable.getClass().getSimpleName() + " " + unusable.getMessage();
  }
}
