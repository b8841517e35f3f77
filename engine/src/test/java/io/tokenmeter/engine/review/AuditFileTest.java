package io.tokenmeter.engine.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.engine.review.AuditEntry.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditFileTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  @TempDir Path home;
  private AuditFile file;
  private Path path;

  @BeforeEach
  void open() {
    file = new AuditFile(home.resolve("state"));
    path = home.resolve("state").resolve(AuditFile.NAME);
  }

  private void append(String id) throws Exception {
    file.append(
        contents ->
            new AuditEntry(contents.lastNumber() + 1, NOON, Kind.OVERRIDE, Map.of("id", id)));
  }

  private List<String> ids() throws IOException {
    return file.read().entries().stream().map(entry -> entry.field("id")).toList();
  }

  @Test
  void append_thenRead_isThereOwnerOnlyAndInOrder() throws Exception {
    append("a");
    append("say \"b\"\n\u00e9");

    assertThat(ids()).containsExactly("a", "say \"b\"\n\u00e9");
    assertThat(file.read().problems()).isEmpty();
    assertThat(file.read().unfinished()).isZero();
    assertThat(Files.readAllLines(path)).hasSize(2).allMatch(line -> line.startsWith("{\"number"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void read_noFile_isEmpty() throws Exception {
    assertThat(file.read().entries()).isEmpty();
    assertThat(path).doesNotExist();
  }

  @Test
  void append_afterALineThatACrashCutShort_beginsOnALineOfItsOwn() throws Exception {
    append("a");
    byte[] whole = Files.readAllBytes(path);
    append("b");
    byte[] both = Files.readAllBytes(path);
    for (int cut = whole.length + 1; cut < both.length - 1; cut++) {
      Files.write(path, Arrays.copyOf(both, cut));
      assertThat(ids()).as("cut at %d", cut).containsExactly("a");
      append("c");
      assertThat(ids()).as("cut at %d", cut).containsExactly("a", "c");
      assertThat(file.read().problems()).as("cut at %d", cut).isEmpty();
    }
    Files.write(path, Arrays.copyOf(both, both.length - 1));
    append("c");
    assertThat(ids()).as("it lacked its line feed only").containsExactly("a", "b", "c");
  }

  @Test
  void read_lineWasChanged_itIsNotInForceAndTheNextOneShowsIt() throws Exception {
    append("a");
    append("b");
    append("c");
    Files.writeString(path, Files.readString(path).replace("\"id\":\"b\"", "\"id\":\"x\""));

    assertThat(ids()).containsExactly("a", "c");
    assertThat(file.read().problems()).singleElement().asString().startsWith("line 3:");
  }

  @Test
  void read_lineWasTakenOut_shows() throws Exception {
    append("a");
    append("b");
    append("c");
    List<String> lines = Files.readAllLines(path);
    Files.write(path, List.of(lines.get(0), lines.get(2)));

    assertThat(file.read().problems()).singleElement().asString().startsWith("line 2:");
  }

  @Test
  void read_othersCanWrite_isRefused() throws Exception {
    append("a");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));

    assertThatThrownBy(file::read).isInstanceOf(IOException.class).hasMessageContaining("0600");
  }

  @Test
  void append_symbolicLink_isRefused() throws Exception {
    append("a");
    Path elsewhere = Files.writeString(home.resolve("elsewhere"), "");
    Files.delete(path);
    Files.createSymbolicLink(path, elsewhere);

    assertThatThrownBy(() -> append("b")).isInstanceOf(IOException.class);
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void append_severalThreadsAtOnce_makeOneChain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int i = 0; i < 40; i++) {
      String id = "id" + i;
      threads.submit(
          () -> {
            append(id);
            return null;
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

    assertThat(ids()).hasSize(40).doesNotHaveDuplicates();
    assertThat(file.read().problems()).isEmpty();
  }

  @Test
  void read_garbage_isNoEntryAndDoesNoHarm() throws Exception {
    append("a");
    Files.write(path, "\n{}\nnull\n{\"hash\"\n".getBytes(UTF_8), StandardOpenOption.APPEND);
    append("b");

    assertThat(ids()).containsExactly("a", "b");
    assertThat(file.read().unfinished()).isEqualTo(4);
  }
}
