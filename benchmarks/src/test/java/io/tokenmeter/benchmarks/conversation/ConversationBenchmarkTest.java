package io.tokenmeter.benchmarks.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tokenmeter.benchmarks.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationBenchmarkTest {
  @Test
  void run_fewRounds_endsWithTheFigures() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConversationBenchmark.parse(List.of("--rounds", "2")).run(new PrintStream(bytes, true, UTF_8));
    List<String> lines = bytes.toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(1 + Endpoint.values().length + 1);
    assertThat(lines.get(lines.size() - 1))
        .matches("turn51_ratio=\\d\\.\\d{3} turn51_us=\\d+\\.\\d");
  }

  @Test
  void parse_unknownOption_isAUsageError() {
    assertThatThrownBy(() -> ConversationBenchmark.parse(List.of("--calls", "3")))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void body_nextTurn_beginsAsTheOneBefore() {
    Conversation conversation = new Conversation(Endpoint.OPENAI, 1);
    String before = new String(conversation.body(), UTF_8);
    conversation.nextTurn();
    String after = new String(conversation.body(), UTF_8);
    assertThat(after).startsWith(before.substring(0, before.indexOf("],\"model\"")));
  }
}
