package io.tokenmeter.benchmarks.tokenizers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What Hugging Face's library reaches, on fewer requests than the others, for it is slower. Its
 * instance is the same for all kinds of text.
 *
 * @param speeds empty if it cannot be measured here
 * @param missing why, for people; empty if it can
 */
record HuggingFaceSpeed(Map<Kind, Speed> speeds, String missing) {
  private static final int REQUESTS = 20;

  static HuggingFaceSpeed measure(Corpus corpus, String encoding, PrintStream progress)
      throws IOException {
    progress.print(encoding + ": Hugging Face's library ");
    Path file = Files.createTempFile("tokenmeter-benchmark", ".json");
    try {
      TokenizerJson.write(encoding, file);
      progress.print('.');
      try (Counter counter = HuggingFaceCounter.open(file)) {
        return new HuggingFaceSpeed(measure(corpus, counter, progress), "");
      }
    } catch (LinkageError | RuntimeException notHere) {
      return new HuggingFaceSpeed(Map.of(), "it cannot be loaded here: " + notHere);
    } finally {
      Files.delete(file);
      progress.println();
    }
  }

  private static Map<Kind, Speed> measure(Corpus corpus, Counter counter, PrintStream progress) {
    Map<Kind, Speed> speeds = new EnumMap<>(Kind.class);
    corpus
        .texts()
        .forEach(
            (kind, texts) -> {
              Passes.nanos(counter, first(texts.warmUp()), 1);
              List<String> requests = first(texts.cold());
              double bytes = Texts.utf8Bytes(requests);
              double cold = Passes.nanos(counter, requests, 1) / bytes;
              double warm = Passes.nanos(counter, requests, 1) / bytes;
              speeds.put(kind, new Speed(cold, warm));
              progress.print('.');
            });
    return speeds;
  }

  private static List<String> first(List<String> requests) {
    return requests.subList(0, Math.min(REQUESTS, requests.size()));
  }
}
