package io.tokenmeter.engine.attribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyFingerprintTest {
  private static final String KEY = "sk-proj-canary-0123456789";

  @TempDir Path home;

  @Test
  void of_key_isTheFirstBytesOfHmacSha256() throws Exception {
    for (String salt : List.of("a salt of some length", "s".repeat(64), "long".repeat(40))) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(salt.getBytes(UTF_8), "HmacSHA256"));
      String expected = HexFormat.of().formatHex(mac.doFinal(KEY.getBytes(UTF_8)), 0, 8);
      assertThat(ApiKeyFingerprint.salted(salt).of(KEY)).isEqualTo(expected);
    }
  }

  @Test
  void of_sameKeyAgain_isTheSameAndTellsNothingOfTheKey() {
    ApiKeyFingerprint fingerprints = ApiKeyFingerprint.salted("0123456789abcdef");
    String first = fingerprints.of(KEY);
    assertThat(fingerprints.of(KEY)).isSameAs(first);
    assertThat(ApiKeyFingerprint.isFingerprint(first)).isTrue();
    assertThat(ApiKeyFingerprint.isFingerprint(KEY)).isFalse();
    assertThat(first).doesNotContain(KEY.substring(0, 8));
  }

  @Test
  void of_manyKeys_areToldApartThoughFewAreRemembered() {
    ApiKeyFingerprint fingerprints = ApiKeyFingerprint.salted("0123456789abcdef");
    List<String> keys = IntStream.range(0, 5_000).mapToObj(i -> "key-" + i).toList();
    List<String> first = keys.stream().map(fingerprints::of).toList();
    assertThat(Set.copyOf(first)).hasSize(keys.size());
    assertThat(keys.stream().map(fingerprints::of)).containsExactlyElementsOf(first);
  }

  @Test
  void of_key_isNotKeptInMemory() throws Exception {
    ApiKeyFingerprint fingerprints = ApiKeyFingerprint.salted("0123456789abcdef");
    fingerprints.of(KEY);
    List<Object> held = new ArrayList<>();
    for (Field field : ApiKeyFingerprint.class.getDeclaredFields()) {
      field.setAccessible(true);
      held.add(field.get(fingerprints));
    }
    assertThat(held.toString()).contains("Known[").doesNotContain("canary");
  }

  @Test
  void open_newHome_createsASaltForItsOwnerOnly() throws IOException {
    Path fresh = home.resolve("state");
    String fingerprint = ApiKeyFingerprint.open(fresh, Optional.empty()).of(KEY);

    Path salt = fresh.resolve("api-key-salt");
    assertThat(Files.readString(salt)).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(salt)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
        .isEqualTo("rwx------");
    assertThat(ApiKeyFingerprint.open(fresh, Optional.empty()).of(KEY)).isEqualTo(fingerprint);
    try (var files = Files.list(fresh)) {
      assertThat(files).containsExactly(salt);
    }
  }

  @Test
  void open_otherHomes_haveOtherFingerprints() throws IOException {
    String one = ApiKeyFingerprint.open(home.resolve("1"), Optional.empty()).of(KEY);
    String two = ApiKeyFingerprint.open(home.resolve("2"), Optional.empty()).of(KEY);
    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void open_manyAtOnce_agreeOnOneSalt() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 20; round++) {
        Path fresh = home.resolve("round" + round);
        CountDownLatch start = new CountDownLatch(threads);
        Callable<String> open =
            () -> {
              start.countDown();
              start.await();
              return ApiKeyFingerprint.open(fresh, Optional.empty()).of(KEY);
            };
        Set<String> fingerprints =
            pool.invokeAll(Collections.nCopies(threads, open)).stream()
                .map(ApiKeyFingerprintTest::result)
                .collect(toSet());
        assertThat(fingerprints).hasSize(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static String result(Future<String> future) {
    try {
      return future.get();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void open_configuredSalt_needsNoHome() throws IOException {
    Path nowhere = home.resolve("nowhere");
    Optional<String> salt = Optional.of("0123456789abcdef");
    assertThat(ApiKeyFingerprint.open(nowhere, salt).of(KEY))
        .isEqualTo(ApiKeyFingerprint.salted("0123456789abcdef").of(KEY));
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void open_damagedSalt_isRefused() throws IOException {
    Files.writeString(home.resolve("api-key-salt"), "not a salt");
    assertThatThrownBy(() -> ApiKeyFingerprint.open(home, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not hold a salt of 64 hexadecimal digits; delete it");
  }

  @Test
  void open_homeThatIsAFile_fails() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    assertThatThrownBy(() -> ApiKeyFingerprint.open(file, Optional.empty()))
        .isInstanceOf(IOException.class);
  }
}
