package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestReaderTest {
  private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n";

  @Test
  void next_requestInPieces_isReadWhole() throws IOException {
    RequestReader reader =
        reader(HEAD + "Content-", "Length: 5\r\nTraceParent: 00-1\r", "\n\r\nab", "cde");

    assertThat(reader.next()).isEqualTo(new RequestHead(5, false, true));
    assertThat(reader.next()).isNull();
  }

  @Test
  void next_requestsOneAfterTheOther_areReadOneByOne() throws IOException {
    RequestReader reader =
        reader(
            HEAD + "Content-Length: 2\r\n\r\nab",
            HEAD + "Content-Length: 0\r\nX-Benchmark-Stream: true\r\n\r\n");

    assertThat(reader.next()).isEqualTo(new RequestHead(2, false, false));
    assertThat(reader.next()).isEqualTo(new RequestHead(0, true, false));
    assertThat(reader.next()).isNull();
  }

  @Test
  void next_bodyLargerThanTheBuffer_isReadWhole() throws IOException {
    String body = "x".repeat(500_000);
    RequestReader reader = reader(HEAD + "Content-Length: 500000\r\n\r\n" + body);

    assertThat(reader.next()).isEqualTo(new RequestHead(500_000, false, false));
    assertThat(reader.next()).isNull();
  }

  @Test
  void next_connectionEndsInTheBody_isAnError() {
    RequestReader reader = reader(HEAD + "Content-Length: 5\r\n\r\nab");

    assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
  }

  @Test
  void next_withoutContentLength_isAnError() {
    RequestReader reader = reader(HEAD + "Transfer-Encoding: chunked\r\n\r\n");

    assertThatThrownBy(reader::next).isInstanceOf(IllegalArgumentException.class);
  }

  private static RequestReader reader(String... pieces) {
    List<InputStream> arriving =
        List.of(pieces).stream()
            .<InputStream>map(piece -> new ByteArrayInputStream(piece.getBytes(ISO_8859_1)))
            .toList();
    return new RequestReader(new SequenceInputStream(Collections.enumeration(arriving)));
  }
}
