package io.tokenmeter.engine;

import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.tokenizers.Encoding;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code tokenizer.json} files that the configuration names. Each is read once; a model whose
 * file cannot be used is counted as if none were named. Not thread-safe.
 */
public final class TokenizerFiles {
  private final Map<Path, Encoding> read = new HashMap<>();
  private final BiConsumer<Path, String> unusable;

  /**
   * @param unusable gets each file that cannot be used, with the reason
   */
  public TokenizerFiles(BiConsumer<Path, String> unusable) {
    this.unusable = unusable;
  }

  /** Which model has which encoding. Reads what is not read yet, about a second each. */
  public ModelEncodings encodings(CountingSettings settings) {
    ModelEncodings encodings = settings.encodings();
    for (Map.Entry<String, Path> entry : settings.tokenizers().entrySet()) {
      Encoding encoding = encoding(entry.getValue());
      if (encoding != null) {
        encodings = encodings.with(entry.getKey(), encoding);
      }
    }
    read.keySet().retainAll(settings.tokenizers().values());
    return encodings;
  }

  private @Nullable Encoding encoding(Path file) {
    Encoding known = read.get(file);
    if (known != null) {
      return known;
    }
    try {
      Encoding encoding = Encodings.fromTokenizerJson(file);
      read.put(file, encoding);
      return encoding;
    } catch (NoSuchFileException missing) {
      unusable.accept(file, "it does not exist");
    } catch (IOException unreadable) {
      unusable.accept(file, unreadable.toString());
    } catch (IllegalArgumentException unsupported) {
      unusable.accept(file, String.valueOf(unsupported.getMessage()));
    }
    return null;
  }
}
