package io.tokenmeter.benchmarks.agent;

import com.openai.client.OpenAIClient;
import java.io.IOException;

/** A program that calls a model once and ends. Says its peak memory as its last act. */
final class OneCall {
  private OneCall() {}

  /**
   * @param args the provider's base URL
   */
  public static void main(String[] args) throws IOException {
    OpenAIClient client = Calls.client(args[0]);
    Calls.plain(client, Calls.request(new Prose(1).text(Scenario.PLAIN_2KB.promptChars())).build());
    client.close();
    ChildJvm.reply(Long.toString(PeakMemory.bytes()));
  }
}
