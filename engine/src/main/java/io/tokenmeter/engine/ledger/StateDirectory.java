package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a state directory one that the processes of several users share. */
public final class StateDirectory {
  private static final Pattern WRITTEN_BY_ALL =
      Pattern.compile(
          "ledger-v\\d+\\.tm|ledger-v\\d+(\\.p\\d+|\\.growth)?\\.lock|audit\\.(jsonl|lock)"
              + "|statements-\\d+-\\d+\\.jsonl|calibration\\.(json|lock)");
  private static final String READ_BY_ALL = "api-key-salt";

  private StateDirectory() {}

  /**
   * Gives a directory, created if it is missing, and the meter's files in it to a group. A
   * directory that is shared with that group already is left as it is. Where this fails the
   * directory is left to its owner.
   *
   * @throws IOException if it cannot be shared; the message says why and what to do
   */
  public static void share(Path directory, String group) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      throw cannot(directory, group, "this file system knows no groups and modes");
    }
    GroupPrincipal wanted = find(directory, group);
    Files.createDirectories(directory, StateFiles.directoryAttributes(directory));
    PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class);
    if (StateFiles.isShared(directory) && found.group().equals(wanted)) {
      return;
    }
    try {
      give(directory, wanted);
      Files.setAttribute(directory, "unix:mode", StateFiles.SHARED_MODE);
    } catch (FileSystemException refused) {
      throw cannot(
          directory,
          group,
          "it belongs to user %s and group %s, and only its owner can share it, as a member of %s: %s"
              .formatted(found.owner(), found.group(), group, reason(refused)));
    }
    if (!StateFiles.isShared(directory)) {
      throw cannot(directory, group, "its mode cannot be set to 2770");
    }
    shareFiles(directory, wanted);
  }

  /**
   * What keeps a directory from being shared with a group, as far as looking tells; changes
   * nothing. Whether this user is a member of the group only trying tells.
   *
   * @return a sentence; empty if nothing does
   */
  public static Optional<String> obstacle(Path directory, String group) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Optional.of("cannot be shared with " + group + ": this file system knows no groups");
    }
    GroupPrincipal wanted;
    try {
      wanted = find(directory, group);
    } catch (IOException unknown) {
      return Optional.of(String.valueOf(unknown.getMessage()));
    }
    if (StateFiles.isShared(directory)) {
      GroupPrincipal found = Files.readAttributes(directory, PosixFileAttributes.class).group();
      return found.equals(wanted)
          ? Optional.empty()
          : Optional.of("is shared with " + found + ", not with ledger.group " + group);
    }
    return Optional.empty();
  }

  /** Whether a file is one that the group of a shared directory uses, by its name. */
  public static boolean isForGroup(Path file) {
    String name = String.valueOf(file.getFileName());
    return WRITTEN_BY_ALL.matcher(name).matches() || name.equals(READ_BY_ALL);
  }

  private static GroupPrincipal find(Path directory, String group) throws IOException {
    try {
      return directory
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(group);
    } catch (UserPrincipalNotFoundException unknown) {
      throw cannot(directory, group, "there is no such group on this host");
    }
  }

  private static void shareFiles(Path directory, GroupPrincipal group) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean written = WRITTEN_BY_ALL.matcher(name).matches();
        if ((!written && !name.equals(READ_BY_ALL))
            || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        give(file, group);
        if (written) {
          StateFiles.share(file);
        } else {
          StateFiles.shareForReading(file);
        }
      }
    }
  }

  private static void give(Path path, GroupPrincipal group) throws IOException {
    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setGroup(group);
  }

  private static String reason(FileSystemException refused) {
    return refused instanceof AccessDeniedException || refused.getReason() == null
        ? refused.getClass().getSimpleName()
        : refused.getReason();
  }

  private static IOException cannot(Path directory, String group, String why) {
    return new IOException(
        ("the state directory %s cannot be shared with the group %s (ledger.group): %s; name a group"
                + " that this user is a member of, or have root make the directory with mode 2770"
                + " and that group")
            .formatted(directory, group, why));
  }
}
