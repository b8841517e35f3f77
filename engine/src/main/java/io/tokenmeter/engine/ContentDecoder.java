package io.tokenmeter.engine;

import io.tokenmeter.providers.ResponseReader;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a response's content encoding on the way to its reader, in pieces cut anywhere. Broken
 * data ends the decoding; what was decoded before stays.
 */
abstract class ContentDecoder {

  /** Takes the next bytes from the wire. */
  abstract void feed(byte[] bytes, int offset, int length);

  /** Whether bytes came that could not be decoded, so that the response was not read whole. */
  boolean isBroken() {
    return false;
  }

  /** Whether the encoded body has come to its own end. */
  boolean isFinished() {
    return false;
  }

  /** Frees what is held outside the heap. */
  void close() {}

  /** Whether an encoding is gzip. */
  static boolean isGzip(@Nullable String contentEncoding) {
    String name = contentEncoding == null ? "" : contentEncoding.trim().toLowerCase(Locale.ROOT);
    return name.equals("gzip") || name.equals("x-gzip");
  }

  /** Whether a body passes as it is. */
  static boolean isIdentity(@Nullable String contentEncoding) {
    String name = contentEncoding == null ? "" : contentEncoding.trim();
    return name.isEmpty() || name.equalsIgnoreCase("identity");
  }

  /** A decoder for a {@code Content-Encoding}; null for one that is not supported. */
  static @Nullable ContentDecoder create(@Nullable String contentEncoding, ResponseReader reader) {
    String name = contentEncoding == null ? "" : contentEncoding.trim().toLowerCase(Locale.ROOT);
    switch (name) {
      case "", "identity":
        return new Identity(reader);
      case "gzip", "x-gzip":
        return new Inflating(reader, new GzipFraming());
      case "deflate":
        return new Inflating(reader, null);
      default:
        return null;
    }
  }

  private static final class Identity extends ContentDecoder {
    private final ResponseReader reader;

    Identity(ResponseReader reader) {
      this.reader = reader;
    }

    @Override
    void feed(byte[] bytes, int offset, int length) {
      reader.feed(bytes, offset, length);
    }
  }

  private static final class Inflating extends ContentDecoder {
    private static final int BUFFER_BYTES = 8192;

    private final ResponseReader reader;
    private final @Nullable GzipFraming framing;
    private final Inflater inflater;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private boolean closed;
    private boolean broken;

    Inflating(ResponseReader reader, @Nullable GzipFraming framing) {
      this.reader = reader;
      this.framing = framing;
      this.inflater = new Inflater(framing != null);
    }

    @Override
    void feed(byte[] bytes, int offset, int length) {
      int skipped = framing == null ? 0 : framing.headerBytes(bytes, offset, length);
      if (closed || skipped == length) {
        return;
      }
      inflater.setInput(bytes, offset + skipped, length - skipped);
      try {
        int inflated;
        while ((inflated = inflater.inflate(buffer)) > 0) {
          reader.feed(buffer, 0, inflated);
        }
        // A second gzip member, or anything else behind the end, is not read.
        broken |= inflater.finished() && inflater.getRemaining() > GzipFraming.TRAILER_BYTES;
      } catch (DataFormatException unreadable) {
        broken = true;
        close();
      }
    }

    @Override
    boolean isBroken() {
      return broken;
    }

    @Override
    boolean isFinished() {
      return closed || inflater.finished();
    }

    @Override
    void close() {
      if (!closed) {
        closed = true;
        inflater.end();
      }
    }
  }

  /** Finds the end of a gzip header (RFC 1952, section 2.3) that may be cut anywhere. */
  private static final class GzipFraming {
    /** Checksum and length behind the data. */
    static final int TRAILER_BYTES = 8;

    private static final int FIXED_BYTES = 10;
    private static final int FLAGS_AT = 3;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private int position;
    private int flags;
    private int extraRead;
    private int extraLength;
    private int crcRead;
    private boolean done;

    /** How many of these bytes still belong to the header. */
    int headerBytes(byte[] bytes, int offset, int length) {
      int taken = 0;
      while (!done && taken < length) {
        take(bytes[offset + taken++] & 0xff);
      }
      return taken;
    }

    private void take(int value) {
      if (position < FIXED_BYTES) {
        if (position++ == FLAGS_AT) {
          flags = value;
        }
      } else if ((flags & EXTRA) != 0) {
        takeExtra(value);
      } else if ((flags & NAME) != 0) {
        flags = value == 0 ? flags & ~NAME : flags;
      } else if ((flags & COMMENT) != 0) {
        flags = value == 0 ? flags & ~COMMENT : flags;
      } else if ((flags & HEADER_CRC) != 0) {
        flags = ++crcRead == 2 ? flags & ~HEADER_CRC : flags;
      }
      done = position == FIXED_BYTES && (flags & (EXTRA | NAME | COMMENT | HEADER_CRC)) == 0;
    }

    /** Two bytes of length, low one first, and then so many bytes. */
    private void takeExtra(int value) {
      if (extraRead < 2) {
        extraLength |= value << (8 * extraRead);
      }
      extraRead++;
      if (extraRead >= 2 && extraRead - 2 == extraLength) {
        flags &= ~EXTRA;
      }
    }
  }
}
