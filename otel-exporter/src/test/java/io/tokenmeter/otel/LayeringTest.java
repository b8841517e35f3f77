package io.tokenmeter.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Beside an application there is its {@code opentelemetry-api}, and perhaps nothing else. */
class LayeringTest {
  @Test
  void sdkAndExporters_areReferredToByOwnSdkOnly() throws Exception {
    assertThat(classesReferringTo("io/opentelemetry/sdk/")).containsExactly("OwnSdk.class");
    assertThat(classesReferringTo("io/opentelemetry/exporter/")).containsExactly("OwnSdk.class");
  }

  @Test
  void slf4j_isReferredToOnlyByWhatOwnSdkUses() throws Exception {
    assertThat(classesReferringTo("org/slf4j/")).containsExactly("StandardVariables.class");
    assertThat(classesReferringTo("io/tokenmeter/otel/StandardVariables"))
        .containsOnly("OwnSdk.class", "StandardVariables.class");
  }

  private static List<String> classesReferringTo(String internalName) throws Exception {
    Path classes =
        Path.of(
            TelemetryListener.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("io/tokenmeter/otel"))) {
      return files
          .filter(file -> constantPoolHolds(file, internalName))
          .map(file -> file.getFileName().toString())
          .toList();
    }
  }

  private static boolean constantPoolHolds(Path classFile, String internalName) {
    try {
      return Files.readString(classFile, StandardCharsets.ISO_8859_1).contains(internalName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
