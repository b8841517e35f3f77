package io.tokenmeter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Usage;
import io.tokenmeter.providers.ResponseFacts;
import io.tokenmeter.providers.ResponseReader;
import io.tokenmeter.providers.StreamCutter;
import io.tokenmeter.tokenizers.InputEstimate;
import io.tokenmeter.tokenizers.StreamCounter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fault of ours in the middle of a stream that may be cut: the application gets all of it. */
class CuttingTest {
  private static final int EVENT_BYTES = 10;

  /** Fails at its third event, in reading it or in deciding about it. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void feed_failsInTheMiddle_everythingPasses(boolean gzip, boolean readerFails)
      throws IOException {
    InternalErrors errors = new InternalErrors();
    Cutting cutting =
        new Cutting(
            new FailingReader(readerFails ? 3 : Integer.MAX_VALUE),
            new FailingCutter(readerFails ? Integer.MAX_VALUE : 3),
            account(),
            gzip,
            errors);
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    byte[] stream = "0123456789".repeat(50).getBytes(UTF_8);
    for (int i = 0; i < stream.length; i += 25) {
      cutting.feed(stream, i, 25);
      Handover handover = cutting.handover(i + 25 == stream.length);
      if (handover == null) {
        seen.write(stream, i, 25);
      } else {
        seen.writeBytes(handover.bytes());
        assertThat(handover.last()).isFalse();
      }
    }

    byte[] passed =
        gzip
            ? new GZIPInputStream(new ByteArrayInputStream(seen.toByteArray())).readAllBytes()
            : seen.toByteArray();
    assertThat(passed).isEqualTo(stream);
    assertThat(cutting.isCut()).isFalse();
    assertThat(cutting.hasFailed()).isTrue();
    assertThat(errors.count()).isEqualTo(1);
  }

  private static Account account() {
    return new Account(
        new Account.Call(
            "test",
            "openai",
            "chat",
            "gpt-4o",
            true,
            "localhost",
            443,
            Map.of(),
            new InputCount(InputEstimate.stated(1)),
            0,
            Instant.EPOCH,
            0,
            List.of()),
        Decision.ADMITTED,
        null,
        Account.Held.NOTHING,
        null,
        () -> (StreamCounter) null);
  }

  private static final class FailingReader implements ResponseReader {
    private int left;

    FailingReader(int at) {
      left = at;
    }

    @Override
    public void feed(byte[] bytes, int offset, int length) {
      if (--left == 0) {
        throw new IllegalStateException("a fault");
      }
    }

    @Override
    public ResponseFacts facts() {
      throw new AssertionError("not asked");
    }
  }

  /** Events of ten bytes. */
  private static final class FailingCutter implements StreamCutter {
    private int left;
    private int at;

    FailingCutter(int at) {
      left = at;
    }

    @Override
    public int take(byte[] bytes, int offset, int length) {
      if (--left == 0) {
        throw new IllegalStateException("a fault");
      }
      int taken = Math.min(length, EVENT_BYTES - at % EVENT_BYTES);
      at += taken;
      return taken;
    }

    @Override
    public boolean isBetweenEvents() {
      return at % EVENT_BYTES == 0;
    }

    @Override
    public boolean isOver() {
      return false;
    }

    @Override
    public byte[] ending(Usage usage) {
      throw new AssertionError("nothing has run out");
    }
  }
}
