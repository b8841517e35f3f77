package io.tokenmeter.engine.config;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {
  @TempDir Path home;

  static List<String> paths() {
    return Keys.ALL.stream().filter(path -> !path.equals(Keys.CONFIG)).toList();
  }

  /** The list of keys and the reading of them stand in different classes. */
  @ParameterizedTest
  @MethodSource("paths")
  void overlay_everyKey_isReadByTheLoader(String path) {
    Map<String, String> properties = new HashMap<>();
    properties.put("tokenmeter.home", home.toString());
    properties.put("tokenmeter." + path, "[{}]");
    Throwable error = catchThrowable(() -> ConfigurationLoader.load(properties, Map.of()));
    if (error != null) {
      assertThat(error)
          .hasMessageContaining("system property tokenmeter." + path + ": " + path)
          .hasMessageNotContaining("there is no such key");
    } else {
      assertThat(path).isIn("home", "calls.file");
    }
  }

  @Test
  void documentation_everyKey_hasARow() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "configuration.md"));
    assertThat(paths().stream().filter(path -> !text.contains("| `" + path)).collect(joining(" ")))
        .isEmpty();
  }
}
