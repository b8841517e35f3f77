package io.tokenmeter.javaagent.clients;

import static io.tokenmeter.javaagent.clients.Call.Kind.CHAT;
import static io.tokenmeter.javaagent.clients.Call.Kind.RESPONSES;
import static io.tokenmeter.javaagent.clients.Call.plain;
import static io.tokenmeter.javaagent.clients.Call.stream;
import static io.tokenmeter.javaagent.clients.Call.streamWithoutUsage;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tokenmeter.stub.Reply;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** openai-java above its own transport. */
final class OpenAiJavaActionsIT extends ActionsContract {

  OpenAiJavaActionsIT() {
    super("OpenAiJava", "openai-java-newest");
  }

  @Override
  Stream<Call> calls() {
    return Stream.of(plain("chat", CHAT), plain("chat-async", CHAT), plain("responses", RESPONSES));
  }

  @Override
  Stream<Call> streams() {
    return Stream.of(
        streamWithoutUsage("chat-stream", CHAT),
        streamWithoutUsage("chat-stream-async", CHAT),
        stream("responses-stream", RESPONSES));
  }

  @Override
  Stream<Call> compressedStreams() {
    return Stream.of(
        streamWithoutUsage("chat-stream", CHAT), stream("responses-stream", RESPONSES));
  }

  @Override
  Stream<Call> interrupted() {
    return Stream.of(plain("chat-interrupted", CHAT));
  }

  @Override
  Stream<Call> pending() {
    return Stream.of(plain("chat-async-pending", CHAT));
  }

  @Override
  String interruption() {
    return "interrupted=com.openai.errors.OpenAIIoException, interrupted=true";
  }

  @Override
  String ending() {
    return "finish=";
  }

  @Test
  void inject_intoACallWithoutALimit_isWhatIsHeld() {
    stub().script(Reply.answer("canary", CHAT.tokens()));

    metered.process().call("chat-unlimited", model("cut-"), stub().url());
    JsonNode refused = metered.calls().next();
    assertThat(refused.path("decision").asText()).isEqualTo("refused"); // 4096 do not fit

    metered.process().call("chat-unlimited", CHAT.model, stub().url());
    assertThat(stub().requests()).hasSize(1);
    assertThat(stub().requests().get(0).body().path("max_completion_tokens").asLong())
        .isEqualTo(4096);
    assertThat(metered.calls().next().path("set_max_output_tokens").asLong()).isEqualTo(4096);
  }
}
