package io.tokenmeter.engine;

import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.ResponseReader;
import io.tokenmeter.providers.StreamCutter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets a stream pass until its budget can pay no more, and then ends it in the provider's own
 * words, between two events. A compressed stream is compressed anew from its first byte on: there
 * is no other way to end it that a decoder would take. Should reading fail, the rest passes as it
 * came. Not thread-safe.
 */
final class Cutting implements ResponseReader {
  private final ResponseReader reader;
  private final StreamCutter cutter;
  private final Account account;
  private final InternalErrors errors;
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
  private final @Nullable ByteArrayOutputStream compressed;
  private final @Nullable GZIPOutputStream gzip;
  private boolean cut;
  private boolean finished;
  private boolean failed;

  Cutting(
      ResponseReader reader,
      StreamCutter cutter,
      Account account,
      boolean gzipped,
      InternalErrors errors) {
    this.reader = reader;
    this.cutter = cutter;
    this.account = account;
    this.errors = errors;
    try {
      compressed = gzipped ? new ByteArrayOutputStream() : null;
      gzip = compressed == null ? null : new GZIPOutputStream(compressed, 8192, true);
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException("in memory", cannotHappen);
    }
  }

  /** Whether the application gets other bytes than came, even if nothing is cut. */
  boolean recodes() {
    return gzip != null;
  }

  @Override
  public void feed(byte[] bytes, int offset, int length) {
    int passed = 0;
    byte[] ending = null;
    try {
      while (passed < length && ending == null && !cut && !failed) {
        int taken = cutter.take(bytes, offset + passed, length - passed);
        reader.feed(bytes, offset + passed, taken);
        passed += taken;
        ending = ending();
      }
    } catch (Throwable fault) {
      failed = true;
      errors.report("Cutting.feed", fault);
    }
    plain.write(bytes, offset, failed ? length : passed);
    if (ending != null && !failed) {
      cut = true;
      plain.writeBytes(ending);
    }
  }

  /** What ends the stream here; null if it may go on. */
  private byte @Nullable [] ending() {
    if (!cutter.isBetweenEvents() || !account.mustEnd() || cutter.isOver()) {
      return null;
    }
    byte[] ending = cutter.ending(account.usageSoFar(reader.facts()));
    reader.feed(ending, 0, ending.length);
    return ending;
  }

  /** Whether what passed was not all read. */
  boolean hasFailed() {
    return failed;
  }

  @Override
  public ResponseFacts facts() {
    return reader.facts();
  }

  /**
   * What the application is to get for the bytes that were fed since the last time.
   *
   * @param atEnd whether these were the last of the compressed stream
   * @return null for the very bytes that came
   */
  @Nullable Handover handover(boolean atEnd) {
    try {
      if (gzip == null || compressed == null) {
        return cut ? new Handover(plain.toByteArray(), true) : null;
      }
      if (!finished) {
        plain.writeTo(gzip);
        gzip.flush();
        if (cut || atEnd) {
          gzip.finish();
          finished = true;
        }
      }
      byte[] bytes = compressed.toByteArray();
      compressed.reset();
      return new Handover(bytes, cut);
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException("in memory", cannotHappen);
    } finally {
      plain.reset();
    }
  }

  boolean isCut() {
    return cut;
  }
}
