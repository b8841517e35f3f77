package io.tokenmeter.engine.config;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationWatcherTest {
  @TempDir Path directory;
  private Path file;
  private ConfigurationWatcher watcher;

  @BeforeEach
  void watch() throws IOException {
    file = directory.resolve("tokenmeter.yaml");
    Files.writeString(file, "attribution: {team: a}");
    watcher = watcher();
  }

  private ConfigurationWatcher watcher() {
    return new ConfigurationWatcher(Map.of("tokenmeter.home", directory.toString()), Map.of());
  }

  @Test
  void poll_unchangedFile_isEmpty() {
    assertThat(watcher.poll()).isEmpty();
    assertThat(watcher.poll()).isEmpty();
  }

  @Test
  void poll_changedFile_isReadOnce() throws IOException {
    Files.writeString(file, "attribution: {team: other}");
    assertThat(secondLook(watcher))
        .hasValueSatisfying(
            changed -> assertThat(changed.attribution()).containsEntry("team", "other"));
    assertThat(watcher.poll()).isEmpty();
  }

  @Test
  void poll_sameSizeLater_isSeen() throws IOException {
    Files.writeString(file, "attribution: {team: b}");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    assertThat(secondLook(watcher)).isPresent();
  }

  @Test
  void poll_anotherFileMovedOverIt_isSeen() throws IOException {
    FileTime modified = Files.getLastModifiedTime(file);
    Path aside = Files.writeString(directory.resolve("aside"), "attribution: {team: b}");
    Files.setLastModifiedTime(aside, modified);
    Files.move(aside, file, REPLACE_EXISTING);
    assertThat(secondLook(watcher)).isPresent();
  }

  @Test
  void poll_badFile_isRefusedAndTheNextGoodOneTaken() throws IOException {
    Files.writeString(file, "attribution: [oh no");
    assertThat(watcher.poll()).isEmpty();
    Files.writeString(file, "attribution: {team: repaired}");
    assertThat(secondLook(watcher)).isPresent();
  }

  @Test
  void poll_fileGoneAndBack_keepsTheOldOneMeanwhile() throws IOException {
    Files.delete(file);
    assertThat(watcher.poll()).isEmpty();
    assertThat(watcher.poll()).isEmpty();
    Files.writeString(file, "attribution: {team: back}");
    assertThat(secondLook(watcher)).isPresent();
  }

  @Test
  void poll_fileThatAppearsLater_isRead() throws IOException {
    Files.delete(file);
    ConfigurationWatcher early = watcher();
    assertThat(early.poll()).isEmpty();
    Files.writeString(file, "attribution: {team: new}");
    assertThat(secondLook(early)).isPresent();
  }

  /** A change counts when it has stood still between two looks. */
  private static Optional<Configuration> secondLook(ConfigurationWatcher watcher) {
    assertThat(watcher.poll()).isEmpty();
    return watcher.poll();
  }
}
