package io.tokenmeter.engine;

import static java.util.Objects.requireNonNull;

import io.tokenmeter.providers.Dialect;
import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.ResponseReader;
import io.tokenmeter.providers.StreamCutter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way to the application. Where a budget waits for the usage in it, it is read as
 * it passes; else it is set aside, as long as it is short, for the meter's thread to read. For one
 * thread at a time.
 */
final class PassingResponse {
  /** Of one response; with more it is read after all. */
  private static final int MAX_ASIDE_BYTES = 16 * 1024;

  private static final int FIRST_ASIDE_BYTES = 2 * 1024;

  /** By which a stream is read until its first output is found: some events. */
  private static final int STEP_BYTES = 512;

  private static final byte[] NOTHING = {};

  private final Dialect dialect;
  private final Account account;
  private final InternalErrors errors;
  private int status;
  private @Nullable String contentType;
  private @Nullable String contentEncoding;
  private @Nullable ResponseReader reader;
  private @Nullable ContentDecoder decoder;
  private @Nullable Cutting cutting;
  private byte[] aside = NOTHING;
  private int bytesAside;

  PassingResponse(Dialect dialect, Account account, InternalErrors errors) {
    this.dialect = dialect;
    this.errors = errors;
    this.account = account;
  }

  void begin(int status, @Nullable String contentType, @Nullable String contentEncoding) {
    this.status = status;
    this.contentType = contentType;
    this.contentEncoding = contentEncoding;
    StreamCutter cutter = account.cutter();
    boolean gzip = ContentDecoder.isGzip(contentEncoding);
    if (cutter != null
        && status / 100 == 2
        && (gzip || ContentDecoder.isIdentity(contentEncoding))) {
      reader = dialect.responseReader(status, contentType, account::outputArrived);
      cutting = new Cutting(reader, cutter, account, gzip, errors);
      decoder = ContentDecoder.create(contentEncoding, cutting);
    }
  }

  /** Whether the body may be ended early. Known once it has begun. */
  boolean mayBeCut() {
    return cutting != null;
  }

  /** As {@link Exchange#handOver}, for a body that may be ended early. */
  @Nullable Handover handOver(byte[] bytes, int offset, int length) {
    account.goesOn();
    decode(bytes, offset, length);
    return requireNonNull(cutting).handover(decoder != null && decoder.isFinished());
  }

  /** Bytes pass unless others than came were handed over before. */
  @Nullable Handover afterTheEnd() {
    return cutting != null && (cutting.recodes() || cutting.isCut())
        ? new Handover(new byte[0], true)
        : null;
  }

  /** Whether the body was ended early. */
  boolean isCut() {
    return cutting != null && cutting.isCut();
  }

  /** 0 if there was no response. */
  int status() {
    return status;
  }

  void feed(byte[] bytes, int offset, int length) {
    if (status == 0) {
      return;
    }
    account.goesOn();
    int begun = account.holdsNothing() ? readBeginning(bytes, offset, length) : 0;
    int rest = length - begun;
    if (rest <= MAX_ASIDE_BYTES - bytesAside && account.canReadLater()) {
      setAside(bytes, offset + begun, rest);
    } else {
      readAside();
      decode(bytes, offset + begun, rest);
    }
  }

  /** When a stream's first output came cannot be told later. */
  private int readBeginning(byte[] bytes, int offset, int length) {
    int read = 0;
    while (read < length && !account.canReadLater()) {
      int step = Math.min(STEP_BYTES, length - read);
      decode(bytes, offset + read, step);
      read += step;
    }
    return read;
  }

  private void setAside(byte[] bytes, int offset, int length) {
    int wanted = bytesAside + length;
    if (wanted > aside.length) {
      int doubled = Math.max(FIRST_ASIDE_BYTES, 2 * aside.length);
      aside = Arrays.copyOf(aside, Math.min(MAX_ASIDE_BYTES, Math.max(wanted, doubled)));
    }
    System.arraycopy(bytes, offset, aside, bytesAside, length);
    bytesAside = wanted;
  }

  private void readAside() {
    if (bytesAside > 0) {
      byte[] bytes = aside;
      int length = bytesAside;
      aside = NOTHING;
      bytesAside = 0;
      decode(bytes, 0, length);
    }
  }

  private void decode(byte[] bytes, int offset, int length) {
    beginReading();
    if (decoder != null) {
      decoder.feed(bytes, offset, length);
    }
  }

  private void beginReading() {
    if (reader == null) {
      reader = dialect.responseReader(status, contentType, account::outputArrived);
      decoder = ContentDecoder.create(contentEncoding, reader);
    }
  }

  /** How much is to be read yet. */
  int bytesAside() {
    return bytesAside;
  }

  /** Reads what was set aside and frees what is held outside the heap. */
  void end() {
    if (status != 0) {
      beginReading();
    }
    readAside();
    if (decoder != null) {
      decoder.close();
    }
  }

  /** What the response told; null if there was none. */
  @Nullable ResponseFacts facts() {
    return reader == null ? null : reader.facts();
  }

  /** Whether bytes came that could not be decoded. */
  boolean isUnreadable() {
    return (reader != null && (decoder == null || decoder.isBroken()))
        || (cutting != null && cutting.hasFailed());
  }
}
