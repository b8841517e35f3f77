package io.tokenmeter.benchmarks.tokenizers;

import static io.tokenmeter.benchmarks.tokenizers.Peer.JTOKKIT;
import static io.tokenmeter.benchmarks.tokenizers.Peer.TOKENMETER;

import io.tokenmeter.benchmarks.Table;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Speeds of one encoding.
 *
 * @param huggingFace what there is of it; empty for more than one thread
 */
record EncodingReport(
    String title, Map<Kind, Map<Peer, Speed>> speeds, Map<Kind, Speed> huggingFace) {
  Table table() {
    Table table =
        new Table(
            title,
            "tokenmeter cold",
            "warm",
            "jtokkit cold",
            "warm",
            "HF cold",
            "warm",
            "cold ratio",
            "warm ratio");
    speeds
        .keySet()
        .forEach(
            kind -> {
              Speed ours = speed(kind, TOKENMETER);
              Speed theirs = speed(kind, JTOKKIT);
              @Nullable Speed huggingFaceSpeed = huggingFace.get(kind);
              table.row(
                  "  " + kind.label(),
                  rate(ours.cold()),
                  rate(ours.warm()),
                  rate(theirs.cold()),
                  rate(theirs.warm()),
                  huggingFaceSpeed == null ? "-" : rate(huggingFaceSpeed.cold()),
                  huggingFaceSpeed == null ? "-" : rate(huggingFaceSpeed.warm()),
                  ratio(theirs.cold() / ours.cold()),
                  ratio(theirs.warm() / ours.warm()));
            });
    table.row("  geometric mean", "", "", "", "", "", "", ratio(coldRatio()), ratio(warmRatio()));
    return table;
  }

  Speed speed(Kind kind, Peer peer) {
    return speeds.getOrDefault(kind, Map.of()).getOrDefault(peer, Speed.SLOWEST);
  }

  /** Our speed over jtokkit's, the geometric mean over all kinds of text. */
  double coldRatio() {
    return meanRatio(Speed::cold);
  }

  /** As {@link #coldRatio}. */
  double warmRatio() {
    return meanRatio(Speed::warm);
  }

  private double meanRatio(ToDoubleFunction<Speed> nanos) {
    double logarithms =
        speeds.keySet().stream()
            .mapToDouble(
                kind ->
                    Math.log(
                        nanos.applyAsDouble(speed(kind, JTOKKIT))
                            / nanos.applyAsDouble(speed(kind, TOKENMETER))))
            .average()
            .orElseThrow();
    return Math.exp(logarithms);
  }

  private static String rate(double nanosAByte) {
    return String.format(Locale.ROOT, "%.1f", Speed.megabytes(nanosAByte));
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
