package io.tokenmeter.javaagent.log;

import io.tokenmeter.engine.config.LogLevel;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes {@code [tokenmeter] WARN message} lines. Of an exception only the type is printed, and at
 * {@code debug} where it came from: its message may quote what the application sent.
 */
public final class StderrLogger extends AbstractLogger {
  private static final long serialVersionUID = 1;

  private static volatile LogLevel level = LogLevel.INFO;

  private final transient PrintStream out;

  StderrLogger(PrintStream out) {
    this.out = out;
    this.name = "tokenmeter";
  }

  /** What the configuration says; until it is read, {@link LogLevel#INFO}. */
  public static void setLevel(LogLevel configured) {
    level = configured;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level severity,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable cause) {
    StringBuilder line =
        new StringBuilder("[tokenmeter] ")
            .append(severity)
            .append(' ')
            .append(MessageFormatter.basicArrayFormat(message, arguments));
    if (cause != null) {
      line.append(": ").append(cause.getClass().getName());
    }
    out.println(line);
    if (cause != null && isDebugEnabled()) {
      for (StackTraceElement frame : cause.getStackTrace()) {
        out.println("\tat " + frame);
      }
    }
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  private static boolean passes(LogLevel line) {
    return level.compareTo(line) >= 0;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isTraceEnabled(Marker marker) {
    return isTraceEnabled();
  }

  @Override
  public boolean isDebugEnabled() {
    return passes(LogLevel.DEBUG);
  }

  @Override
  public boolean isDebugEnabled(Marker marker) {
    return isDebugEnabled();
  }

  @Override
  public boolean isInfoEnabled() {
    return passes(LogLevel.INFO);
  }

  @Override
  public boolean isInfoEnabled(Marker marker) {
    return isInfoEnabled();
  }

  @Override
  public boolean isWarnEnabled() {
    return passes(LogLevel.WARN);
  }

  @Override
  public boolean isWarnEnabled(Marker marker) {
    return isWarnEnabled();
  }

  @Override
  public boolean isErrorEnabled() {
    return passes(LogLevel.ERROR);
  }

  @Override
  public boolean isErrorEnabled(Marker marker) {
    return isErrorEnabled();
  }
}
