package io.tokenmeter.engine.calibration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tokenmeter.tokenizers.FactorRule;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.TextFactor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibratorTest {
  static final FactorRule RULE =
      new FactorRule("o200k_base", new TextFactor(1.2, 0.1), 0.6, 2.4, 16);

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final ModelName CLAUDE = new ModelName("anthropic", "claude-x");

  @TempDir Path directory;
  private final AtomicLong ticks = new AtomicLong();

  private Path home() {
    return directory.resolve("home");
  }

  private Calibrator calibrator() {
    return new Calibrator(home(), () -> NOW, ticks::get);
  }

  private static Supplier<TextFactor> factor(Calibrator calibrator) {
    return calibrator.factorOf(CLAUDE.provider(), CLAUDE.model(), RULE);
  }

  static void observe(Calibrator calibrator, double factor, int calls) {
    for (int i = 0; i < calls; i++) {
      calibrator.observe(
          CLAUDE.provider(),
          CLAUDE.model(),
          new InputEstimate(0, 0, 1_000, 10, 0),
          Math.round(1_000 * factor) + 10);
    }
  }

  @Test
  void observe_reports_changeTheFactorThatIsInUse() {
    Calibrator calibrator = calibrator();
    Supplier<TextFactor> factor = factor(calibrator);
    assertThat(factor.get()).isEqualTo(new TextFactor(1.2, 0.1));
    observe(calibrator, 1.5, 100);
    assertThat(factor.get().factor()).isCloseTo(1.5, within(0.01));
  }

  @Test
  void observe_whatTeachesNothing_isPassedOver() {
    Calibrator calibrator = calibrator();
    Supplier<TextFactor> factor = factor(calibrator);
    calibrator.observe("anthropic", "claude-x", new InputEstimate(0, 0, 20, 10, 0), 5_000);
    calibrator.observe("anthropic", "claude-x", new InputEstimate(0, 0, 1_000, 10, 1), 5_000);
    calibrator.observe("anthropic", "claude-x", new InputEstimate(0, 0, 1_000, 10, 0), 0);
    calibrator.observe("anthropic", "unasked", new InputEstimate(0, 0, 1_000, 10, 0), 5_000);
    assertThat(factor.get()).isEqualTo(RULE.start());
  }

  @Test
  void share_nextStart_knowsWhatWasLearned() throws Exception {
    Calibrator first = calibrator();
    factor(first);
    observe(first, 1.5, 100);
    first.share();
    assertThat(factor(calibrator()).get()).isEqualTo(factor(first).get());
    assertThat(Calibrator.learned(home())).containsOnlyKeys(CLAUDE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home())))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(home())) {
      assertThat(files)
          .hasSize(2) // the file and its lock, nothing left behind
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void maintain_everyTenSeconds_sharesBothWays() throws Exception {
    Calibrator first = calibrator();
    Calibrator second = calibrator();
    factor(first);
    Supplier<TextFactor> other = factor(second);
    observe(first, 1.5, 200);
    first.maintain();
    assertThat(home()).doesNotExist();
    ticks.addAndGet(TimeUnit.SECONDS.toNanos(10));
    first.maintain();
    second.maintain();
    assertThat(other.get().factor()).isCloseTo(1.5, within(0.01));
    // What both learn is one: neither overwrites the other.
    observe(first, 1.5, 30);
    observe(second, 1.5, 40);
    first.share();
    second.share();
    first.share();
    assertThat(Calibrator.learned(home()).get(CLAUDE).calls()).isEqualTo(270);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u0000\u0001garbage",
        "[]",
        "{\"version\":1,\"models\":[{\"provider\":\"anthropic\",\"model\":\"claude-x\",\"fac",
        "{\"version\":1,\"models\":[{\"provider\":\"anthropic\",\"model\":\"claude-x\",\"encoding\":"
            + "\"o200k_base\",\"factor\":\"x\",\"mean_error\":1,\"margin\":1,\"calls\":1,"
            + "\"updated\":\"2026-11-25T12:00:00Z\"}, 7, {}]}",
        "{\"version\":1,\"models\":[{\"provider\":\"anthropic\",\"model\":\"claude-x\",\"encoding\":"
            + "\"o200k_base\",\"factor\":-3,\"mean_error\":1e99,\"margin\":1,\"calls\":1,"
            + "\"updated\":\"yesterday\"}]}"
      })
  void start_garbageInTheFile_learnsAgain(String garbage) throws Exception {
    Files.createDirectories(home());
    Files.writeString(home().resolve("calibration.json"), garbage);
    Calibrator calibrator = calibrator();
    assertThat(factor(calibrator).get()).isEqualTo(RULE.start());
    observe(calibrator, 1.5, 100);
    calibrator.share();
    assertThat(Calibrator.learned(home()).get(CLAUDE).factor()).isCloseTo(1.5, within(0.01));
  }

  @Test
  void start_oneDamagedModel_keepsTheOthers() throws Exception {
    Calibrator first = calibrator();
    factor(first);
    observe(first, 1.5, 100);
    first.share();
    Path file = home().resolve("calibration.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\\[", "[ {\"model\": [{}], \"calls\": 3},"));
    assertThat(factor(calibrator()).get()).isEqualTo(factor(first).get());
  }

  @Test
  void share_fileOfANewerVersion_leavesItAlone() throws Exception {
    Files.createDirectories(home());
    Path file = home().resolve("calibration.json");
    Files.writeString(file, "{\"version\":2,\"later\":[1]}");
    Calibrator calibrator = calibrator();
    Supplier<TextFactor> factor = factor(calibrator);
    observe(calibrator, 1.5, 100);
    calibrator.share();
    assertThat(file).hasContent("{\"version\":2,\"later\":[1]}");
    assertThat(factor.get().factor()).isCloseTo(1.5, within(0.01));
  }

  @Test
  void share_directoryThatCannotBeMade_learnsForItself() throws Exception {
    Files.writeString(home(), "a file");
    Calibrator calibrator = calibrator();
    Supplier<TextFactor> factor = factor(calibrator);
    observe(calibrator, 1.5, 1_000);
    assertThatThrownBy(calibrator::share).isInstanceOf(IOException.class);
    assertThat(factor.get().factor()).isCloseTo(1.5, within(0.01));
  }

  @Test
  void share_lockIsHeldByAnother_waitsForTheNextTime() throws Exception {
    Calibrator calibrator = calibrator();
    factor(calibrator);
    observe(calibrator, 1.5, 10);
    calibrator.share();
    observe(calibrator, 1.5, 10);
    try (FileChannel channel =
            FileChannel.open(home().resolve("calibration.lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      calibrator.share();
      assertThat(Calibrator.learned(home()).get(CLAUDE).calls()).isEqualTo(10);
    }
    calibrator.share();
    assertThat(Calibrator.learned(home()).get(CLAUDE).calls()).isEqualTo(20);
  }

  @Test
  void factorOf_moreModelsThanAreKept_keepToTheirRules() throws Exception {
    Calibrator calibrator = calibrator();
    for (int i = 0; i < 2_000; i++) {
      String model = "model-" + i;
      Supplier<TextFactor> factor = calibrator.factorOf("acme", model, RULE);
      calibrator.observe("acme", model, new InputEstimate(0, 0, 1_000, 0, 0), 1_500);
      assertThat(factor.get().factor() > 1.2).isEqualTo(i < 500);
    }
    calibrator.share();
    assertThat(Calibrator.learned(home())).hasSize(500);
  }

  @Test
  void factorOf_otherRuleForTheSameModel_keepsWhatFits() {
    Calibrator calibrator = calibrator();
    factor(calibrator);
    observe(calibrator, 1.5, 200);
    FactorRule narrower = new FactorRule("o200k_base", new TextFactor(1, 0.1), 0.9, 1.1, 16);
    FactorRule otherBase = new FactorRule("cl100k_base", new TextFactor(1, 0.1), 0.5, 2, 16);
    assertThat(calibrator.factorOf("anthropic", "claude-x", narrower).get().factor())
        .isEqualTo(1.1);
    assertThat(calibrator.factorOf("anthropic", "claude-x", otherBase).get())
        .isEqualTo(otherBase.start());
  }

  /** Processes that learn at the same time, one of which is killed again and again. */
  @Test
  void share_manyProcesses_countEveryCallOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        processes.add(worker("40"));
      }
      for (int i = 0; i < 3; i++) {
        Process victim = worker("1000000");
        processes.add(victim);
        assertThat(victim.getInputStream().read()).isEqualTo('.'); // it has shared once
        victim.destroyForcibly().waitFor();
      }
      for (Process process : processes.subList(0, 3)) {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    Learned learned = Calibrator.learned(home()).get(CLAUDE);
    assertThat(learned.factor()).isCloseTo(1.5, within(0.01));
    assertThat(learned.calls()).isGreaterThanOrEqualTo(3 * 40 * CalibrationWorker.CALLS + 3);
    assertThatCode(() -> factor(calibrator())).doesNotThrowAnyException();
    try (FileChannel lock =
        FileChannel.open(home().resolve("calibration.lock"), StandardOpenOption.WRITE)) {
      assertThat(lock.tryLock()).isNotNull();
    }
  }

  private Process worker(String rounds) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            CalibrationWorker.class.getName(),
            home().toString(),
            rounds)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void bytes_oddNames_comeBack() throws Exception {
    Learned learned = new Learned("o200k_base", 1.25, 0.01, 0.05, 7);
    ModelName odd = new ModelName("a\"\n\u0000", "m\\\u20ac{}[],:");
    byte[] bytes = CalibrationFile.bytes(Map.of(odd, new CalibrationFile.Entry(learned, NOW)));
    CalibrationFile.Content content = CalibrationFile.parse(bytes);
    assertThat(content.whole()).isTrue();
    assertThat(content.models().get(odd)).isEqualTo(new CalibrationFile.Entry(learned, NOW));
    for (int cut = 0; cut < bytes.length; cut++) {
      assertThat(CalibrationFile.parse(Arrays.copyOf(bytes, cut)).whole()).isFalse();
    }
    assertThat(new String(bytes, UTF_8)).contains("\"version\" : 1");
  }
}
