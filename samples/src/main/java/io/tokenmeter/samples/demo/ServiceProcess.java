package io.tokenmeter.samples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A service in its own JVM with the agent attached, with its own configuration and call log. */
final class ServiceProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Service service;
  private final Path calls;
  private final Process process;
  private final Thread reader;
  private final ConcurrentLinkedQueue<String> printed = new ConcurrentLinkedQueue<>();

  private ServiceProcess(Service service, Path calls, Process process) {
    this.service = service;
    this.calls = calls;
    this.process = process;
    this.reader = new Thread(this::read, "output of " + service.name());
  }

  /** Starts it. What it prints is printed here too, answers beyond the first few left out. */
  static ServiceProcess start(Service service, Path agent, Path directory) throws IOException {
    Path calls = directory.resolve(service.name() + ".calls.jsonl");
    Path configuration = directory.resolve(service.name() + ".yaml");
    Files.writeString(configuration, service.configuration(directory.resolve("home"), calls));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-javaagent:" + agent,
            "-Dtokenmeter.config=" + configuration,
            "-cp",
            System.getProperty("java.class.path"),
            service.mainClass().getName(),
            service.baseUrl(),
            String.valueOf(service.maxOutputTokens()));
    ServiceProcess started =
        new ServiceProcess(service, calls, builder.redirectErrorStream(true).start());
    started.reader.start();
    return started;
  }

  private void read() {
    int answers = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        printed.add(line);
        boolean answer = line.startsWith(service.name() + ": ") && !line.contains("refused");
        if (!answer || answers++ < 2) {
          System.out.println("  " + line);
        }
      }
    } catch (IOException gone) {
      System.out.println("  " + service.name() + ": its output broke off: " + gone.getMessage());
    }
  }

  /** Waits for the service's own end; returns whether it came, and well. */
  boolean endedWell(Duration patience) throws InterruptedException {
    boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (ended) {
      reader.join();
    }
    return ended && process.exitValue() == 0;
  }

  Service service() {
    return service;
  }

  /** Lines that tell of a refusal. */
  List<String> refusals() {
    return printed.stream()
        .filter(line -> line.startsWith(service.name() + ": refused by "))
        .toList();
  }

  /** The call log's records. */
  List<JsonNode> records() {
    List<JsonNode> records = new ArrayList<>();
    try {
      for (String line : Files.exists(calls) ? Files.readAllLines(calls) : List.<String>of()) {
        records.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the call log of " + service.name(), e);
    }
    return records;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
