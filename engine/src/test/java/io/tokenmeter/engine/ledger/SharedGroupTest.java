package io.tokenmeter.engine.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state directory that the processes of several users share. */
final class SharedGroupTest {
  /** A number is a group's name too, where no group has a name like it. */
  private static final String GROUP = "47100";

  @TempDir Path home;
  private final FakeClock clock = new FakeClock("2026-11-22T10:00:00Z");
  private final List<WorkerProcess> workers = new ArrayList<>();

  @AfterEach
  void endWorkers() throws Exception {
    for (WorkerProcess worker : workers) {
      worker.kill();
    }
  }

  @Test
  void share_newDirectory_isTheGroupsWithEverythingInIt() throws IOException {
    StateDirectory.share(state(), ownGroup());
    try (Ledger ledger = Ledger.open(state(), clock)) {
      assertThat(ledger.isShared()).isTrue();
      assertAllShared();
    }
  }

  @Test
  void share_privateLedgerIsThere_isSharedFromThenOn() throws IOException {
    long seed;
    try (Ledger ledger = Ledger.open(state(), clock)) {
      seed = ledger.hashSeed();
      assertThat(modes()).containsOnly("rw-------");
    }
    Path own = Files.writeString(state().resolve("tokenmeter.yaml"), "");
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));

    StateDirectory.share(state(), ownGroup());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
        .isEqualTo("rw-------");
    Files.delete(own);
    assertAllShared();
    try (Ledger ledger = Ledger.open(state(), clock)) {
      assertThat(ledger.hashSeed()).isEqualTo(seed);
    }
  }

  @Test
  void share_unknownGroup_saysSoAndLeavesTheDirectoryPrivate() throws IOException {
    Ledger.open(state(), clock).close();

    assertThatThrownBy(() -> StateDirectory.share(state(), "no-such-group"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ledger.group")
        .hasMessageContaining("there is no such group on this host");
    assertThat(StateFiles.isShared(state())).isFalse();
    assertThat(modes()).containsOnly("rw-------");
  }

  @Test
  void open_fileOfASharedDirectoryIsOpenToAll_isRefused() throws IOException {
    StateDirectory.share(state(), ownGroup());
    Ledger.open(state(), clock).close();
    Files.setPosixFilePermissions(
        state().resolve(LedgerDescriptor.FILE_NAME), PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThatThrownBy(() -> Ledger.open(state(), clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected mode 0660");
  }

  @Test
  void drain_twoUsersOfTheGroup_shareTheBudgetToTheToken() throws Exception {
    WorkerProcess ann = startAs(47001, GROUP);
    WorkerProcess bob = startAs(47002, GROUP);
    assertThat(ann.ask("open " + GROUP)).isEqualTo(bob.ask("open " + GROUP));

    ann.tell("drain ann 64");
    bob.tell("drain bob 37");

    long settled = Long.parseLong(ann.answer()) + Long.parseLong(bob.answer());
    // One may end while the other holds more than it will settle: the rest is still to be had.
    settled += Long.parseLong(ann.ask("drain ann 1")) + Long.parseLong(bob.ask("drain bob 1"));
    assertThat(settled).isEqualTo(1_000_000);
    assertAllShared();
    assertThat(owners()).contains(47001, 47002);
  }

  @Test
  void maintain_otherUsersProcessWasKilled_isRecovered() throws Exception {
    WorkerProcess ann = startAs(47001, GROUP);
    assertThat(ann.ask("open " + GROUP)).doesNotContain("Exception");
    assertThat(ann.ask("hold ann 600000")).isEqualTo("held");
    WorkerProcess bob = startAs(47002, GROUP);
    assertThat(bob.ask("open " + GROUP)).doesNotContain("Exception");
    assertThat(bob.ask("hold bob 600000")).isEqualTo("denied");
    ann.kill();

    assertThat(bob.ask("maintain 10")).isEqualTo("maintained");

    assertThat(bob.ask("hold bob 600000")).isEqualTo("held");
  }

  @Test
  void open_userOutsideTheGroup_saysSo() throws Exception {
    assertThat(startAs(47001, GROUP).ask("open " + GROUP)).doesNotContain("Exception");

    WorkerProcess stranger = startAs(47003, "47999");

    assertThat(stranger.ask("open")).contains("cannot be used");
  }

  @Test
  void share_notAMember_saysSoAndLeavesTheDirectoryPrivate() throws Exception {
    WorkerProcess ann = startAs(47001, "47999");

    assertThat(ann.ask("open " + GROUP)).contains("cannot be shared").contains("as a member");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state())))
        .isEqualTo("rwx------");
  }

  @Test
  void open_directoryThatThisUserMayOnlyRead_saysSo() throws Exception {
    Files.createDirectories(state());
    Files.setPosixFilePermissions(state(), PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(startAs(47001, GROUP).ask("open"))
        .contains("cannot be used")
        .contains("expected a directory that this user can write");
    assertThat(state()).isEmptyDirectory();
  }

  private Path state() {
    return home.resolve("shared").resolve("state");
  }

  private String ownGroup() throws IOException {
    GroupPrincipal group = Files.readAttributes(home, PosixFileAttributes.class).group();
    return group.getName();
  }

  /** A process of another user, who can have the class path and a place for the directory. */
  private WorkerProcess startAs(int user, String group) throws IOException {
    assumeTrue(
        (int) Files.getAttribute(home, "unix:uid") == 0
            && Files.exists(Path.of("/usr/bin/setpriv")),
        "only root, and with setpriv, can start processes of other users");
    open(home);
    if (!Files.exists(home.resolve("shared"))) {
      Files.createDirectory(home.resolve("shared"));
      Files.setPosixFilePermissions(
          home.resolve("shared"), PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    WorkerProcess worker =
        new WorkerProcess(
            state(),
            readableClassPath(),
            List.of("/usr/bin/setpriv", "--reuid=" + user, "--regid=" + user, "--groups=" + group));
    workers.add(worker);
    assertThat(worker.answer()).isEqualTo("ready");
    return worker;
  }

  /** What a worker needs of the class path, where every user can read it. */
  private String readableClassPath() throws IOException {
    Path copies = home.resolve("classes");
    List<Path> entries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(entry -> Files.isDirectory(entry) || isNeeded(entry))
            .toList();
    List<String> readable = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Path copy = copies.resolve(i + "-" + entries.get(i).getFileName());
      if (!Files.exists(copy)) {
        copy(entries.get(i), copy);
      }
      readable.add(copy.toString());
    }
    return String.join(File.pathSeparator, readable);
  }

  private static boolean isNeeded(Path jar) {
    String name = String.valueOf(jar.getFileName());
    return Stream.of("slf4j", "jspecify", "jackson", "tokenmeter").anyMatch(name::startsWith);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    open(to.getParent());
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.copy(path, path.equals(from) ? to : copy, StandardCopyOption.REPLACE_EXISTING);
        open(path.equals(from) ? to : copy);
      }
    }
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private void assertAllShared() throws IOException {
    assertThat(modes()).isNotEmpty().containsOnly("rw-rw----");
    assertThat(StateFiles.isShared(state())).isTrue();
    GroupPrincipal group = Files.readAttributes(state(), PosixFileAttributes.class).group();
    for (Path file : files()) {
      assertThat(Files.readAttributes(file, PosixFileAttributes.class).group()).isEqualTo(group);
    }
  }

  private List<String> modes() throws IOException {
    List<String> modes = new ArrayList<>();
    for (Path file : files()) {
      modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    return modes;
  }

  private List<Integer> owners() throws IOException {
    List<Integer> owners = new ArrayList<>();
    for (Path file : files()) {
      owners.add((Integer) Files.getAttribute(file, "unix:uid"));
    }
    return owners;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(state())) {
      return files.collect(Collectors.toList());
    }
  }
}
