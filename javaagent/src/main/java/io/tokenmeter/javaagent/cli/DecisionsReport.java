package io.tokenmeter.javaagent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tokenmeter.engine.budgets.Grant;
import io.tokenmeter.engine.budgets.GrantState;
import io.tokenmeter.engine.budgets.LimitOverride;
import io.tokenmeter.engine.review.ReviewBook;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;

/** What people have decided about budgets, for people and for programs. */
final class DecisionsReport {
  private final LedgerView ledger;
  private final Instant now;

  DecisionsReport(LedgerView ledger, Instant now) {
    this.ledger = ledger;
    this.now = now;
  }

  void printText(PrintWriter out) {
    printOverrides(out);
    printRequests(out);
    printGrants(out);
  }

  private void printOverrides(PrintWriter out) {
    if (ledger.overrides().isEmpty()) {
      return;
    }
    out.println();
    out.println("Overrides in force");
    TextTable table =
        new TextTable("ID", "BUDGET", "SCOPE", ">AMOUNT", "BY", "APPROVED BY", "ENDS", "REASON");
    for (ReviewBook.Raise raise : ledger.overrides()) {
      LimitOverride override = raise.override();
      table.row(
          override.id(),
          override.budget(),
          scope(override.scope()),
          Amounts.of(override.amount(), override.unit()),
          raise.by(),
          raise.approvedBy() == null ? "(nobody)" : raise.approvedBy(),
          when(override.until()),
          raise.reason());
    }
    table.print(out);
  }

  private void printRequests(PrintWriter out) {
    if (ledger.requests().isEmpty()) {
      return;
    }
    out.println();
    out.println("Requests that wait for approve or reject");
    TextTable table =
        new TextTable("ID", "BUDGET", "SCOPE", ">AMOUNT", "FOR", "BY", "SINCE", "REASON");
    for (ReviewBook.Request request : ledger.requests()) {
      table.row(
          request.id(),
          request.budget(),
          scope(request.scope()),
          Amounts.of(request.amount().amount(), request.amount().unit()),
          Amounts.duration(request.length()),
          request.by(),
          request.at().truncatedTo(ChronoUnit.SECONDS).toString(),
          request.reason());
    }
    table.print(out);
  }

  private void printGrants(PrintWriter out) {
    if (ledger.grants().isEmpty()) {
      return;
    }
    out.println();
    out.println("Grants");
    TextTable table =
        new TextTable(
            "ID",
            "BUDGET",
            "SCOPE",
            ">AMOUNT",
            ">USED",
            ">RESERVED",
            ">LEFT",
            ">PRIORITY",
            "EXPIRES");
    for (GrantState state : ledger.grants()) {
      Grant grant = state.grant();
      table.row(
          grant.id(),
          grant.budget(),
          scope(grant.scope()),
          Amounts.of(grant.amount(), grant.unit()),
          Amounts.of(state.settled(), grant.unit()),
          Amounts.of(state.held(), grant.unit()),
          Amounts.of(state.left(), grant.unit()),
          Integer.toString(grant.priority()),
          expires(grant));
    }
    table.print(out);
  }

  private String expires(Grant grant) {
    String expires = grant.expires().equals(Instant.MAX) ? "never" : when(grant.expires());
    return now.isBefore(grant.effective())
        ? expires + " (begins " + when(grant.effective()) + ")"
        : expires;
  }

  private String when(Instant at) {
    return at.isAfter(now)
        ? "in "
            + Amounts.duration(Duration.between(now, at))
            + ", "
            + at.truncatedTo(ChronoUnit.SECONDS)
        : "now";
  }

  private static String scope(Map<String, String> scope) {
    return scope.isEmpty()
        ? "all"
        : scope.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .sorted()
            .collect(Collectors.joining(","));
  }

  void writeJson(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("overrides");
    for (ReviewBook.Raise raise : ledger.overrides()) {
      LimitOverride override = raise.override();
      json.writeStartObject();
      json.writeStringField("id", override.id());
      json.writeStringField("budget", override.budget());
      json.writeStringField("scope", scope(override.scope()));
      StatusReport.writeAmount(json, "amount", override.amount(), override.unit());
      json.writeStringField("by", raise.by());
      if (raise.approvedBy() == null) {
        json.writeNullField("approved_by");
      } else {
        json.writeStringField("approved_by", raise.approvedBy());
      }
      json.writeStringField("until", override.until().toString());
      json.writeStringField("reason", raise.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("requests");
    for (ReviewBook.Request request : ledger.requests()) {
      json.writeStartObject();
      json.writeStringField("id", request.id());
      json.writeStringField("budget", request.budget());
      json.writeStringField("scope", scope(request.scope()));
      StatusReport.writeAmount(json, "amount", request.amount().amount(), request.amount().unit());
      json.writeStringField("for", request.length().toString());
      json.writeStringField("by", request.by());
      json.writeStringField("since", request.at().toString());
      json.writeStringField("reason", request.reason());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("grants");
    for (GrantState state : ledger.grants()) {
      writeGrant(json, state);
    }
    json.writeEndArray();
  }

  private static void writeGrant(JsonGenerator json, GrantState state) throws IOException {
    Grant grant = state.grant();
    json.writeStartObject();
    json.writeStringField("id", grant.id());
    json.writeStringField("budget", grant.budget());
    json.writeStringField("scope", scope(grant.scope()));
    StatusReport.writeAmount(json, "amount", grant.amount(), grant.unit());
    StatusReport.writeAmount(json, "used", state.settled(), grant.unit());
    StatusReport.writeAmount(json, "reserved", state.held(), grant.unit());
    StatusReport.writeAmount(json, "left", state.left(), grant.unit());
    json.writeNumberField("priority", grant.priority());
    json.writeStringField("effective", grant.effective().toString());
    if (grant.expires().equals(Instant.MAX)) {
      json.writeNullField("expires");
    } else {
      json.writeStringField("expires", grant.expires().toString());
    }
    json.writeEndObject();
  }
}
