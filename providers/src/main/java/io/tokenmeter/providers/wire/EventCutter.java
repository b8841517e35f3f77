package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.StreamCutter;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Cuts a stream of server-sent events, or an array of documents, whose first byte tells it apart,
 * between two events. A plain body ({@code {}) has none, so that it is never cut.
 */
public final class EventCutter implements StreamCutter {
  /** A longer event is passed on without being understood. */
  private static final int LONGEST_EVENT = 1 << 20;

  private static final byte[] DONE = "[DONE]".getBytes(UTF_8);

  private final EarlyEnding ending;
  private final ByteArrayOutputStream event = new ByteArrayOutputStream();
  private Form form = Form.UNKNOWN;
  private boolean tooLong;
  private boolean between;
  private boolean done;

  private int lineBytes;

  private int depth;
  private boolean inString;
  private boolean escaped;

  private enum Form {
    UNKNOWN,
    EVENTS,
    ARRAY,
    PLAIN
  }

  public EventCutter(EarlyEnding ending) {
    this.ending = ending;
  }

  @Override
  public int take(byte[] bytes, int offset, int length) {
    between = false;
    for (int i = 0; i < length; i++) {
      if (form == Form.UNKNOWN) {
        begin(bytes[offset + i]);
      }
      if (form == Form.PLAIN) {
        return length;
      }
      if (form != Form.UNKNOWN
          && (form == Form.EVENTS ? ofEvents(bytes[offset + i]) : ofArray(bytes[offset + i]))) {
        between = true;
        return i + 1;
      }
    }
    return length;
  }

  private void begin(byte first) {
    form =
        switch (first) {
          case ' ', '\t', '\r', '\n', (byte) 0xEF, (byte) 0xBB, (byte) 0xBF -> Form.UNKNOWN;
          case '[' -> Form.ARRAY;
          case '{' -> Form.PLAIN;
          default -> Form.EVENTS;
        };
  }

  /** An event ends with an empty line. One that ends with a bare CR is left to run. */
  private boolean ofEvents(byte next) {
    keep(next);
    if (next == '\n') {
      boolean blank = lineBytes == 0;
      lineBytes = 0;
      if (blank) {
        return ended(dataLines(event.toByteArray()));
      }
    } else if (next != '\r') {
      lineBytes++;
    }
    return false;
  }

  /** A document ends with the bracket that opened it, one level inside the array. */
  private boolean ofArray(byte next) {
    if (depth > 1 || next == '{') {
      keep(next);
    }
    if (inString) {
      inString = escaped || next != '"';
      escaped = !escaped && next == '\\';
      return false;
    }
    switch (next) {
      case '"' -> inString = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        depth--;
        done |= depth == 0;
        return depth == 1 && ended(event.toByteArray());
      }
      default -> {}
    }
    return false;
  }

  private void keep(byte next) {
    if (event.size() < LONGEST_EVENT) {
      event.write(next);
    } else {
      tooLong = true;
    }
  }

  private boolean ended(byte[] data) {
    if (!tooLong && data.length > 0) {
      done |= Arrays.equals(data, DONE);
      ending.event(data);
    }
    tooLong = false;
    event.reset();
    return true;
  }

  /** The data of an event, its lines joined. */
  private static byte[] dataLines(byte[] event) {
    ByteArrayOutputStream data = new ByteArrayOutputStream(event.length);
    for (String line : new String(event, UTF_8).split("\r?\n")) {
      if (line.startsWith("data:")) {
        if (data.size() > 0) {
          data.write('\n');
        }
        data.writeBytes(line.substring(line.startsWith("data: ") ? 6 : 5).getBytes(UTF_8));
      }
    }
    return data.toByteArray();
  }

  @Override
  public boolean isBetweenEvents() {
    return between;
  }

  @Override
  public boolean isOver() {
    return done || ending.isOver();
  }

  @Override
  public byte[] ending(Usage usage) {
    Framing framing = new Framing(form == Form.ARRAY);
    ending.write(usage, framing);
    return framing.bytes();
  }

  /** Events as they are written into the stream. */
  private static final class Framing implements EarlyEnding.Events {
    private final boolean array;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    Framing(boolean array) {
      this.array = array;
    }

    @Override
    public void add(String name, Json.Writing data) {
      if (array) {
        append(",\r\n");
      } else if (!name.isEmpty()) {
        append("event: " + name + "\n");
      }
      append(array ? "" : "data: ");
      bytes.writeBytes(Json.bytes(data));
      append(array ? "" : "\n\n");
    }

    @Override
    public void done() {
      append(array ? "" : "data: [DONE]\n\n");
    }

    byte[] bytes() {
      append(array ? "\r\n]" : "");
      return bytes.toByteArray();
    }

    private void append(String text) {
      bytes.writeBytes(text.getBytes(UTF_8));
    }
  }
}
