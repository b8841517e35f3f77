package io.tokenmeter.engine.config;

/** How much the meter says of itself; each level includes those before it. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG
}
