package io.tokenmeter.javaagent.cli;

/** How a report is printed; the names are what people type. */
enum ReportFormat {
  table,
  csv,
  json
}
