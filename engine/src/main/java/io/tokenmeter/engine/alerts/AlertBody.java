package io.tokenmeter.engine.alerts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.api.Budget;
import io.tokenmeter.engine.config.Configuration.WebhookFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Locale;

/** What a webhook gets: an object with every figure, or a sentence as Slack takes it. */
final class AlertBody {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int NANO_PLACES = 9;

  private AlertBody() {}

  static byte[] of(BudgetAlert alert, WebhookFormat format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (format == WebhookFormat.SLACK) {
        json.writeStringField("text", escaped("tokenmeter: " + AlertText.of(alert)));
      } else if (alert instanceof BudgetAlert.ThresholdCrossed crossed) {
        write(json, crossed);
      } else {
        write(json, (BudgetAlert.GrantExpiring) alert);
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException("into memory", impossible);
    }
    return bytes.toByteArray();
  }

  /** The three characters that mean something in Slack's texts. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static void write(JsonGenerator json, BudgetAlert.ThresholdCrossed crossed)
      throws IOException {
    Budget budget = crossed.budget();
    json.writeStringField("type", "tokenmeter.budget.threshold");
    json.writeStringField("time", crossed.time().toString());
    json.writeStringField("text", AlertText.of(crossed));
    json.writeStringField("budget", budget.name());
    json.writeStringField("scope", budget.scope());
    json.writeStringField("window", budget.window());
    json.writeStringField("action", crossed.action());
    json.writeNumberField("threshold_percent", crossed.percent());
    json.writeStringField("unit", budget.unit().name().toLowerCase(Locale.ROOT));
    amount(json, "limit", budget.unit(), budget.limit());
    amount(json, "used", budget.unit(), budget.used());
    amount(json, "reserved", budget.unit(), budget.reserved());
    amount(json, "remaining", budget.unit(), budget.remaining());
    if (!budget.resetsAt().equals(AlertText.NEVER)) {
      json.writeStringField("resets_at", budget.resetsAt().toString());
    }
  }

  private static void write(JsonGenerator json, BudgetAlert.GrantExpiring expiring)
      throws IOException {
    json.writeStringField("type", "tokenmeter.grant.expiring");
    json.writeStringField("time", expiring.time().toString());
    json.writeStringField("text", AlertText.of(expiring));
    json.writeStringField("budget", expiring.grant().budget());
    json.writeStringField("grant", expiring.grant().id());
    json.writeStringField("unit", expiring.grant().unit().name().toLowerCase(Locale.ROOT));
    amount(json, "amount", expiring.grant().unit(), expiring.grant().amount());
    amount(json, "left", expiring.grant().unit(), expiring.left());
    json.writeStringField("expires_at", expiring.grant().expires().toString());
  }

  /** USD as exact decimal strings, all else as numbers. */
  private static void amount(JsonGenerator json, String name, Budget.Unit unit, long amount)
      throws IOException {
    if (unit == Budget.Unit.USD) {
      json.writeStringField(name, BigDecimal.valueOf(amount, NANO_PLACES).toPlainString());
    } else {
      json.writeNumberField(name, amount);
    }
  }
}
