package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a JSON line a call. Unknown is null; {@code input_tokens} includes cached tokens, {@code
 * output_tokens} includes reasoning. Lines that cannot be written wait, {@value #MAX_PENDING_BYTES}
 * bytes of them; later ones are lost and counted.
 */
final class CallLog implements CallListener {
  private static final Logger logger = LoggerFactory.getLogger("tokenmeter");
  private static final JsonFactory JSON = new JsonFactory();
  private static final int NANO_DIGITS = 9;

  /** Lines go out together, but a file is not to grow far beyond its limit by one write. */
  private static final int MAX_PENDING_BYTES = 64 * 1024;

  private final Path path;
  private final RotatingFile file;
  private final InternalErrors errors;
  private final int maxPendingBytes;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private boolean failing;

  CallLog(Path path, long maxFileBytes, int maxFiles, InternalErrors errors) {
    this.path = path;
    this.file = new RotatingFile(path, maxFileBytes, maxFiles);
    this.errors = errors;
    this.maxPendingBytes = (int) Math.min(MAX_PENDING_BYTES, maxFileBytes);
  }

  @Override
  public void closed(CallRecord call, @Nullable Object captured) {
    byte[] line = line(call);
    if (pending.size() + line.length > maxPendingBytes) {
      flush();
    }
    if (pending.size() == 0 || pending.size() + line.length <= maxPendingBytes) {
      pending.writeBytes(line);
    } else {
      errors.countOnly();
    }
  }

  @Override
  public void batchEnded() {
    flush();
  }

  /** Writes what waits, or says once that it cannot. On the meter's own thread. */
  void flush() {
    if (pending.size() == 0) {
      return;
    }
    ByteBuffer lines = ByteBuffer.wrap(pending.toByteArray());
    try {
      file.append(lines);
      if (failing) {
        failing = false;
        logger.info("the call log {} is written again", path);
      }
    } catch (IOException unwritable) {
      if (!failing) {
        failing = true;
        errors.countOnly();
        logger.error(
            "the call log {} cannot be written ({}); lines wait for some time and are then lost",
            path,
            unwritable.toString());
      }
    } finally {
      keepFrom(lines);
    }
  }

  /** A line that was cut short goes out once more, as a whole. */
  private void keepFrom(ByteBuffer lines) {
    int start = lines.position();
    while (start > 0 && lines.get(start - 1) != '\n') {
      start--;
    }
    pending.reset();
    pending.write(lines.array(), start, lines.limit() - start);
  }

  private static byte[] line(CallRecord call) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("time", call.start().toString());
      json.writeStringField("provider", call.provider());
      json.writeStringField("operation", call.operation());
      text(json, "request_model", call.requestModel().isEmpty() ? null : call.requestModel());
      text(json, "response_model", call.responseModel());
      json.writeBooleanField("streaming", call.streaming());
      json.writeStringField("decision", call.decision().label());
      text(json, "budget", call.budget());
      usage(json, call.usage());
      number(json, "estimated_input_tokens", call.estimatedInputTokens());
      text(
          json,
          "usage_source",
          call.usage() == null ? null : call.usageReported() ? "provider" : "local");
      text(json, "cost_usd", call.cost() == null ? null : usd(call.cost().nanoUsd()));
      json.writeNumberField("duration_ms", call.duration().toMillis());
      number(json, "http_status", call.httpStatus() == 0 ? null : (long) call.httpStatus());
      text(json, "error", call.error());
      json.writeObjectFieldStart("attribution");
      for (Map.Entry<String, String> entry : call.attribution().entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException(cannotHappen); // in memory
    }
    bytes.writeBytes("\n".getBytes(UTF_8));
    return bytes.toByteArray();
  }

  private static void usage(JsonGenerator json, @Nullable Usage usage) throws IOException {
    number(json, "input_tokens", usage == null ? null : usage.inputTokens());
    number(json, "cache_read_tokens", known(usage, TokenClass.CACHE_READ));
    number(json, "cache_write_tokens", cacheWrites(usage));
    number(json, "output_tokens", usage == null ? null : usage.outputTokens());
    number(json, "reasoning_tokens", known(usage, TokenClass.REASONING));
  }

  private static @Nullable Long cacheWrites(@Nullable Usage usage) {
    Long fiveMinutes = known(usage, TokenClass.CACHE_WRITE_5M);
    Long oneHour = known(usage, TokenClass.CACHE_WRITE_1H);
    if (fiveMinutes == null || oneHour == null) {
      return fiveMinutes == null ? oneHour : fiveMinutes;
    }
    return fiveMinutes + oneHour;
  }

  private static @Nullable Long known(@Nullable Usage usage, TokenClass tokenClass) {
    return usage != null && usage.isKnown(tokenClass) ? (Long) usage.tokens(tokenClass) : null;
  }

  /** A plain decimal, exact to the nano-USD. */
  private static String usd(long nanoUsd) {
    return BigDecimal.valueOf(nanoUsd, NANO_DIGITS).toPlainString();
  }

  private static void text(JsonGenerator json, String field, @Nullable String value)
      throws IOException {
    if (value == null) {
      json.writeNullField(field);
    } else {
      json.writeStringField(field, value);
    }
  }

  private static void number(JsonGenerator json, String field, @Nullable Long value)
      throws IOException {
    if (value == null) {
      json.writeNullField(field);
    } else {
      json.writeNumberField(field, value);
    }
  }
}
