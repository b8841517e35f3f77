package io.tokenmeter.engine.review;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a line of the file: a JSON object of strings that ends with {@code prev}, the hash of
 * the entry before, and {@code hash}, the SHA-256 of the object without this last member. So a line
 * that was changed, taken out or put in shows.
 *
 * @param previous the hash of the entry before
 * @param hash this entry's own
 */
record AuditLine(AuditEntry entry, String previous, String hash) {
  /** What the first entry has in place of the hash of one before it. */
  static final String NO_HASH = "0".repeat(64);

  private static final JsonFactory JSON = new JsonFactory();
  private static final String HASH_MEMBER = ",\"hash\":\"";
  private static final int HASH_LENGTH = HASH_MEMBER.length() + NO_HASH.length() + "\"}".length();

  /** The line of an entry, its line feed included. */
  static byte[] encode(AuditEntry entry, String previous) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("number", Long.toString(entry.number()));
      json.writeStringField("time", entry.time().toString());
      json.writeStringField("kind", entry.kind().name().toLowerCase(Locale.ROOT));
      for (Map.Entry<String, String> field : entry.fields().entrySet()) {
        json.writeStringField(field.getKey(), field.getValue());
      }
      json.writeStringField("prev", previous);
      json.writeEndObject();
    }
    byte[] object = bytes.toByteArray();
    ByteArrayOutputStream line = new ByteArrayOutputStream(object.length + HASH_LENGTH);
    line.write(object, 0, object.length - 1);
    line.writeBytes((HASH_MEMBER + sha256(object) + "\"}\n").getBytes(UTF_8));
    return line.toByteArray();
  }

  /**
   * Reads a line without its line feed.
   *
   * @return null if it is none of ours, or not whole, or if its hash is not the one that it states
   */
  static @Nullable AuditLine decode(byte[] line) {
    int end = line.length - HASH_LENGTH;
    if (end < 1) {
      return null;
    }
    byte[] object = Arrays.copyOf(line, end + 1);
    object[end] = '}';
    String hash = sha256(object);
    byte[] member = (HASH_MEMBER + hash + "\"}").getBytes(UTF_8);
    if (!Arrays.equals(member, Arrays.copyOfRange(line, end, line.length))) {
      return null;
    }
    try {
      Map<String, String> fields = members(object);
      long number = Long.parseLong(taken(fields, "number"));
      Instant time = Instant.parse(taken(fields, "time"));
      AuditEntry.Kind kind =
          AuditEntry.Kind.valueOf(taken(fields, "kind").toUpperCase(Locale.ROOT));
      String previous = taken(fields, "prev");
      return new AuditLine(new AuditEntry(number, time, kind, fields), previous, hash);
    } catch (IOException | DateTimeException | IllegalArgumentException notOurs) {
      return null;
    }
  }

  private static String taken(Map<String, String> fields, String name) {
    String value = fields.remove(name);
    return value == null ? "" : value;
  }

  private static Map<String, String> members(byte[] object) throws IOException {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(object)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        members.put(name, json.getText());
      }
    }
    return members;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java has SHA-256", impossible);
    }
  }
}
