package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;

/**
 * The most memory of this process that was resident at once, as the kernel knows it (Linux: {@code
 * VmHWM} in {@code /proc/self/status}). Uses only classes that every JVM has loaded at its start.
 */
final class PeakMemory {
  private static final String FIELD = "VmHWM:";
  private static final long KILOBYTE = 1024;

  private PeakMemory() {}

  /** In bytes. */
  static long bytes() throws IOException {
    try (FileInputStream status = new FileInputStream("/proc/self/status")) {
      return parse(new String(status.readAllBytes(), ISO_8859_1));
    } catch (IOException unreadable) {
      throw new IOException("peak memory needs Linux and its /proc/self/status", unreadable);
    }
  }

  /**
   * @param status a line a field, such as {@code VmHWM: 41280 kB}
   */
  static long parse(String status) throws IOException {
    int start = status.indexOf(FIELD);
    int end = status.indexOf(" kB", Math.max(start, 0));
    if (start < 0 || end < 0) {
      throw new IOException("no line \"" + FIELD + " ... kB\"");
    }
    return Long.parseLong(status.substring(start + FIELD.length(), end).strip()) * KILOBYTE;
  }
}
