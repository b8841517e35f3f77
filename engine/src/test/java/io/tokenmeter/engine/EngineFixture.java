package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationException;
import io.tokenmeter.engine.config.ConfigurationLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A real engine over a temporary state directory, with clocks that go when told to. */
final class EngineFixture implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  static final String CHAT_PATH = "/v1/chat/completions";

  final Engine engine;
  final AtomicLong ticks = new AtomicLong();
  volatile Instant now = NOON;

  /** Done when the meter next looks at the ticks: in the middle of whatever it is at. */
  volatile @Nullable Runnable atNextTick;

  final List<CallRecord> records = Collections.synchronizedList(new ArrayList<>());

  EngineFixture(Path home, String yaml) {
    engine = Engine.start(configuration(home, yaml), () -> now, this::tick);
    engine.addListener((record, captured) -> records.add(record));
  }

  private long tick() {
    Runnable task = atNextTick;
    if (task != null) {
      atNextTick = null;
      task.run();
    }
    return ticks.get();
  }

  static Configuration configuration(Path home, String yaml) {
    try {
      Path file = Files.writeString(home.resolve("tokenmeter.yaml"), yaml);
      return ConfigurationLoader.load(
          Map.of("tokenmeter.home", home.toString(), "tokenmeter.config", file.toString()),
          Map.of());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (ConfigurationException wrong) {
      throw new AssertionError(wrong);
    }
  }

  static String rule(String name, String limit, String action) {
    return """
        budgets:
          rules:
            - name: %s
              match: { team: search }
              limit: %s
              window: day
              action: %s
        attribution:
          team: search
        """
        .formatted(name, limit, action);
  }

  @Nullable Exchange openChat(String body) {
    return open(CHAT_PATH, body, Map.of());
  }

  @Nullable Exchange open(String path, String body, Map<String, String> headers) {
    Map<String, String> lowerCase = new HashMap<>();
    headers.forEach((name, value) -> lowerCase.put(name.toLowerCase(Locale.ROOT), value));
    return engine
        .meter()
        .open(
            new OutgoingCall(
                "test",
                "POST",
                "localhost",
                443,
                path,
                name -> lowerCase.get(name.toLowerCase(Locale.ROOT)),
                body.getBytes(UTF_8),
                null));
  }

  /** Lets both clocks go on. */
  void pass(Duration time) {
    now = now.plus(time);
    ticks.addAndGet(time.toNanos());
  }

  static void respond(Exchange exchange, int status, String contentType, String body) {
    exchange.responseStarted(
        status, name -> name.equalsIgnoreCase("content-type") ? contentType : null);
    byte[] bytes = body.getBytes(UTF_8);
    exchange.responseBytes(bytes, 0, bytes.length);
  }

  /** Closes the engine, after which every record has been delivered. */
  List<CallRecord> recordsAtTheEnd() {
    engine.close();
    return records;
  }

  Budget budget(String name) {
    return engine.budgets().stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    engine.close();
  }
}
