package io.tokenmeter.engine.calibration;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was learned, as a file: {@code {"version": 1, "models": [{"provider", "model", "encoding",
 * "factor", "mean_error", "margin", "calls", "updated"}]}}. What is not understood in it is passed
 * over: it is only ever learned again.
 */
final class CalibrationFile {
  static final int VERSION = 1;

  /** A file of all models that are kept is far smaller. */
  private static final int MOST_BYTES = 4 << 20;

  private static final JsonFactory JSON = new JsonFactory();

  private CalibrationFile() {}

  /**
   * The file's content.
   *
   * @param version of its form; 0 if it has none
   * @param whole whether all of it was understood
   */
  record Content(int version, boolean whole, Map<ModelName, Entry> models) {
    static final Content NONE = new Content(VERSION, true, Map.of());
  }

  /** One model, with the time when it was learned about last. */
  record Entry(Learned learned, Instant updated) {}

  /**
   * Reads a file.
   *
   * @throws IOException if it is there and cannot be read
   */
  static Content read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES);
    } catch (NoSuchFileException missing) {
      return Content.NONE;
    }
    return parse(bytes);
  }

  static Content parse(byte[] bytes) {
    Map<ModelName, Entry> models = new LinkedHashMap<>();
    int version = 0;
    boolean whole = true;
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new Content(0, false, models);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("version") && value == JsonToken.VALUE_NUMBER_INT) {
          version = json.getIntValue();
        } else if (field.equals("models") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            whole &= model(json, models);
          }
        } else {
          json.skipChildren();
        }
      }
      whole &= json.currentToken() == JsonToken.END_OBJECT;
    } catch (IOException | RuntimeException noJson) {
      whole = false;
    }
    return new Content(version, whole, models);
  }

  /** Reads one model; false if it makes no sense. */
  private static boolean model(JsonParser json, Map<ModelName, Entry> models) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      if (json.nextToken().isScalarValue()) {
        fields.put(field, json.getText());
      } else {
        json.skipChildren();
      }
    }
    try {
      Learned learned =
          new Learned(
              text(fields, "encoding"),
              number(fields, "factor"),
              number(fields, "mean_error"),
              number(fields, "margin"),
              Long.parseLong(text(fields, "calls")));
      if (learned.factor() <= 0 || learned.calls() < 0) {
        return false;
      }
      models.put(
          new ModelName(text(fields, "provider"), text(fields, "model")),
          new Entry(learned, Instant.parse(text(fields, "updated"))));
      return true;
    } catch (IllegalArgumentException | DateTimeException nonsense) {
      return false;
    }
  }

  private static String text(Map<String, String> fields, String name) {
    @Nullable String text = fields.get(name);
    if (text == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return text;
  }

  private static double number(Map<String, String> fields, String name) {
    double number = Double.parseDouble(text(fields, name));
    if (!(Math.abs(number) < 1e6)) {
      throw new IllegalArgumentException("no number: " + name);
    }
    return number;
  }

  static byte[] bytes(Map<ModelName, Entry> models) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeArrayFieldStart("models");
      for (Map.Entry<ModelName, Entry> model : models.entrySet()) {
        Learned learned = model.getValue().learned();
        json.writeStartObject();
        json.writeStringField("provider", model.getKey().provider());
        json.writeStringField("model", model.getKey().model());
        json.writeStringField("encoding", learned.encoding());
        json.writeNumberField("factor", learned.factor());
        json.writeNumberField("mean_error", learned.meanError());
        json.writeNumberField("margin", learned.margin());
        json.writeNumberField("calls", learned.calls());
        json.writeStringField("updated", model.getValue().updated().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
