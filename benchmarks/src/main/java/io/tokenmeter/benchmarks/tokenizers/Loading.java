package io.tokenmeter.benchmarks.tokenizers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.benchmarks.BenchmarkException;
import io.tokenmeter.benchmarks.Samples;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What loading an encoding and counting one word with it takes in a JVM that just started.
 *
 * @param millis processor time, the median of all runs
 * @param megabytes heap that stays in use, the median of all runs
 */
record Loading(double millis, double megabytes) {
  private static final double MEGABYTE = 1e6;

  /** In turn with the other peer; one process a run. */
  static List<Loading> measure(String encoding, int runs, PrintStream progress)
      throws IOException, InterruptedException, BenchmarkException {
    progress.print(encoding + ": loading ");
    List<List<double[]>> figures = new ArrayList<>();
    for (Peer peer : Peer.values()) {
      figures.add(new ArrayList<>());
    }
    for (int run = 0; run < runs; run++) {
      for (Peer peer : Peer.values()) {
        figures.get(peer.ordinal()).add(run(peer, encoding));
        progress.print('.');
      }
    }
    progress.println();
    return figures.stream().map(Loading::median).toList();
  }

  private static Loading median(List<double[]> runs) {
    return new Loading(
        Samples.of(runs.stream().mapToDouble(run -> run[0]).toArray()).median(),
        Samples.of(runs.stream().mapToDouble(run -> run[1] / MEGABYTE).toArray()).median());
  }

  private static double[] run(Peer peer, String encoding)
      throws IOException, InterruptedException, BenchmarkException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProbe.class.getName(),
                peer.name(),
                encoding)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    int status = process.waitFor();
    String[] figures = output.split(" ", -1);
    if (status != 0 || figures.length != 2) {
      throw new BenchmarkException(
          "loading " + encoding + " with " + peer.label() + " ended with status " + status);
    }
    return new double[] {Double.parseDouble(figures[0]), Double.parseDouble(figures[1])};
  }
}
