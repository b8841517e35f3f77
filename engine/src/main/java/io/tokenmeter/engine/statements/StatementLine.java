package io.tokenmeter.engine.statements;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tokenmeter.engine.ledger.Spend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement's line as JSON. Amounts of USD are decimal strings, exact to the nano-USD. */
final class StatementLine {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int NANO_PLACES = 9;
  private static final String BUDGET = "budget";
  private static final String SPEND = "spend";
  private static final String MONTH = "month";
  private static final String BY = "by";
  private static final String REVISION = "revision";

  private StatementLine() {}

  /** With its line feed. */
  static byte[] encode(Statement statement, Instant now) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (statement instanceof Statement.OfBudget budget) {
        write(json, budget);
      } else {
        write(json, (Statement.OfSpend) statement);
      }
      json.writeStringField("written", now.toString());
      json.writeEndObject();
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Statement.OfBudget budget) throws IOException {
    begin(json, BUDGET, budget);
    json.writeStringField("budget", budget.budget());
    json.writeStringField("scope", budget.scope());
    json.writeStringField("window", budget.window());
    json.writeStringField("ends", budget.ends().toString());
    json.writeStringField("unit", budget.unit());
    json.writeStringField("used", budget.used());
    json.writeStringField("limit", budget.limit());
  }

  private static void write(JsonGenerator json, Statement.OfSpend line) throws IOException {
    Spend spend = line.spend();
    begin(json, SPEND, line);
    json.writeStringField(MONTH, YearMonth.from(spend.start()).toString());
    json.writeObjectFieldStart(BY);
    for (Map.Entry<String, String> key : spend.keys().entrySet()) {
      json.writeStringField(key.getKey(), key.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("calls", spend.calls());
    json.writeNumberField("unpriced_calls", spend.unpriced());
    json.writeNumberField("tokens", spend.tokens());
    json.writeStringField("cost_usd", usd(spend.nanoUsd()));
  }

  private static void begin(JsonGenerator json, String type, Statement line) throws IOException {
    json.writeStringField("type", type);
    json.writeStringField("id", line.id());
    if (line.revision() > 1) {
      json.writeNumberField(REVISION, line.revision());
    }
  }

  static String usd(long nanoUsd) {
    return BigDecimal.valueOf(nanoUsd, NANO_PLACES).toPlainString();
  }

  /** A line without its line feed; null for one that is not whole, or of a kind of its own. */
  static @Nullable Statement decode(String line) {
    Map<String, String> members = new LinkedHashMap<>();
    Map<String, String> by = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (json.nextToken() == JsonToken.START_OBJECT) {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            by.put(key, json.getText());
          }
        } else {
          members.put(name, json.getText());
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT) {
        return null;
      }
      return statement(members, by);
    } catch (IOException | DateTimeException | ArithmeticException | NumberFormatException broken) {
      return null;
    }
  }

  private static @Nullable Statement statement(
      Map<String, String> members, Map<String, String> by) {
    int revision = Integer.parseInt(members.getOrDefault(REVISION, "1"));
    return switch (members.getOrDefault("type", "")) {
      case BUDGET ->
          new Statement.OfBudget(
              text(members, "id"),
              revision,
              text(members, "budget"),
              text(members, "scope"),
              text(members, "window"),
              Instant.parse(text(members, "ends")),
              text(members, "unit"),
              text(members, "used"),
              text(members, "limit"));
      case SPEND ->
          new Statement.OfSpend(
              new Spend(
                  text(members, "id"),
                  MONTH,
                  YearMonth.parse(text(members, MONTH)).atDay(1),
                  by,
                  Long.parseLong(text(members, "tokens")),
                  new BigDecimal(text(members, "cost_usd"))
                      .movePointRight(NANO_PLACES)
                      .longValueExact(),
                  Long.parseLong(text(members, "calls")),
                  Long.parseLong(text(members, "unpriced_calls"))),
              revision);
      default -> null;
    };
  }

  private static String text(Map<String, String> members, String name) {
    return members.getOrDefault(name, "");
  }
}
