package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
  @TempDir Path directory;

  @Test
  void append_createsDirectoryAndFileForTheOwnerOnly() throws IOException {
    Path path = directory.resolve("logs/calls.jsonl");
    try (RotatingFile file = new RotatingFile(path, 1_000, 2)) {
      file.append(line("one"));
    }
    assertThat(Files.readString(path)).isEqualTo("one\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void append_beyondTheLimit_rotatesAndKeepsSoManyFiles() throws IOException {
    Path path = directory.resolve("calls.jsonl");
    try (RotatingFile file = new RotatingFile(path, 10, 2)) {
      for (String text : List.of("aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd")) {
        file.append(line(text));
      }
    }
    assertThat(Files.readString(path)).isEqualTo("ddddddd\n");
    assertThat(Files.readString(directory.resolve("calls.jsonl.1"))).isEqualTo("ccccccc\n");
    assertThat(Files.readString(directory.resolve("calls.jsonl.2"))).isEqualTo("bbbbbbb\n");
    assertThat(directory.resolve("calls.jsonl.3")).doesNotExist();
  }

  @Test
  void append_byTwoWriters_losesNoLineAcrossRotations() throws IOException {
    Path path = directory.resolve("calls.jsonl");
    List<String> written = new ArrayList<>();
    try (RotatingFile first = new RotatingFile(path, 100, 50);
        RotatingFile second = new RotatingFile(path, 100, 50)) {
      for (int i = 0; i < 200; i++) {
        String text = "line-" + i;
        (i % 3 == 0 ? first : second).append(line(text));
        written.add(text);
      }
    }
    List<String> read = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(p -> !p.toString().endsWith(".lock")).toList()) {
        read.addAll(Files.readAllLines(file));
      }
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(written);
  }

  @Test
  void append_afterALineThatWasCutShort_startsALineOfItsOwn() throws IOException {
    Path path = directory.resolve("calls.jsonl");
    Files.writeString(path, "{\"cut");
    try (RotatingFile file = new RotatingFile(path, 1_000, 2)) {
      file.append(line("whole"));
    }
    assertThat(Files.readAllLines(path)).containsExactly("{\"cut", "whole");
  }

  @Test
  void append_throughASymbolicLink_isRefused() throws IOException {
    Path target = Files.createFile(directory.resolve("elsewhere"));
    Path path = Files.createSymbolicLink(directory.resolve("calls.jsonl"), target);
    try (RotatingFile file = new RotatingFile(path, 1_000, 2)) {
      assertThatThrownBy(() -> file.append(line("x"))).isInstanceOf(IOException.class);
    }
    assertThat(target).isEmptyFile();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void append_toAFullDisk_failsAndTakesNothing() throws IOException {
    ByteBuffer line = line("x");
    try (RotatingFile file = new RotatingFile(Path.of("/dev/full"), 1_000, 2)) {
      assertThatThrownBy(() -> file.append(line)).isInstanceOf(IOException.class);
    }
    assertThat(line.position()).isZero();
  }

  private static ByteBuffer line(String text) {
    return ByteBuffer.wrap((text + "\n").getBytes(UTF_8));
  }
}
