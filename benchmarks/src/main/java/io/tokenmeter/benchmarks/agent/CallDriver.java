package io.tokenmeter.benchmarks.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * A program: makes calls in bursts when told so over standard input and says how long each took.
 * Ends when its standard input ends.
 */
final class CallDriver {
  private final OpenAIClient client;

  private CallDriver(OpenAIClient client) {
    this.client = client;
  }

  /**
   * @param args the provider's base URL
   */
  public static void main(String[] args) throws IOException {
    CallDriver driver = new CallDriver(Calls.client(args[0]));
    ChildJvm.reply("ready");
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String command; (command = commands.readLine()) != null; ) {
      ChildJvm.reply(driver.run(Burst.parse(command)));
    }
    driver.client.close();
  }

  /** Nanoseconds of each measured call, separated by spaces. */
  private String run(Burst burst) {
    List<ChatCompletionCreateParams> requests = requests(burst);
    StringJoiner nanos = new StringJoiner(" ");
    for (int i = 0; i < requests.size(); i++) {
      long start = System.nanoTime();
      if (burst.scenario().streamed()) {
        Calls.streamed(client, requests.get(i));
      } else {
        Calls.plain(client, requests.get(i));
      }
      long end = System.nanoTime();
      if (i >= burst.unmeasured()) {
        nanos.add(Long.toString(end - start));
      }
    }
    return nanos.toString();
  }

  /** Made before the clock runs: they are the application's work. */
  private static List<ChatCompletionCreateParams> requests(Burst burst) {
    Prose prose = new Prose(burst.seed());
    List<ChatCompletionCreateParams> requests = new ArrayList<>(burst.calls());
    for (int i = 0; i < burst.calls(); i++) {
      ChatCompletionCreateParams.Builder request =
          Calls.request(prose.text(burst.scenario().promptChars()));
      if (burst.scenario().streamed()) {
        request.putAdditionalHeader(RequestHead.STREAM_HEADER, "true");
      }
      requests.add(request.build());
    }
    return requests;
  }
}
