package io.tokenmeter.samples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.tokenmeter.samples.ResearchService;
import io.tokenmeter.samples.SupportService;
import io.tokenmeter.stub.ModelRequest;
import io.tokenmeter.stub.Reply;
import io.tokenmeter.stub.StubProvider;
import io.tokenmeter.stub.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Two services share a team's budget until it is gone. Ends with status 0 only if everything held
 * that is printed as a check.
 */
public final class Demo {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String ANSWER =
      "Soak it overnight, drive a wedge into the handle, and be patient.";

  private final Path agent;
  private final Path directory;
  private final Checks checks = new Checks();

  private Demo(Path agent, Path directory) {
    this.agent = agent;
    this.directory = directory;
  }

  /** Takes the agent's jar, then {@code --live} for the real endpoints. */
  public static void main(String[] arguments) throws Exception {
    boolean live = arguments.length > 1 && arguments[1].equals("--live");
    Path directory = Files.createTempDirectory("tokenmeter-demo");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> TemporaryFiles.delete(directory)));
    Demo demo = new Demo(Path.of(arguments[0]), directory);
    boolean held = live ? demo.live() : demo.onLoopback();
    System.exit(held ? 0 : 1);
  }

  private boolean onLoopback() throws Exception {
    AtomicLong reported = new AtomicLong();
    try (StubProvider stub = StubProvider.start()) {
      stub.script(request -> reply(request, reported));
      say("a stub provider answers at " + stub.url());
      long budget = 6000;
      List<ServiceProcess> done =
          run(
              new Service("support", SupportService.class, stub.url(), 200, budget),
              new Service("research", ResearchService.class, stub.url(), 200, budget));
      commonChecks(done, budget);
      List<JsonNode> admitted = records(done).filter(Demo::admitted).toList();
      checks.equal(
          "requests that the provider got, and admitted calls",
          stub.requests().size(),
          admitted.size());
      checks.equal(
          "tokens that the provider reported, and tokens settled as reported",
          reported.get(),
          admitted.stream().filter(Demo::isReported).mapToLong(Demo::tokens).sum());
      checks.equal(
          "streams without usage, and calls settled by local count",
          stub.requests().stream().filter(request -> !request.getsUsage()).count(),
          admitted.stream().filter(entry -> !isReported(entry) && tokens(entry) > 0).count());
      checks.atMost(
          "settled tokens, and the budget",
          admitted.stream().mapToLong(Demo::tokens).sum(),
          budget);
    }
    return checks.summary();
  }

  /** Fewer tokens than what is held for the call: the budget must hold to the token. */
  private static Reply reply(ModelRequest request, AtomicLong reported) {
    Tokens tokens =
        Tokens.of(request.body().toString().length() / 20, request.maxOutputTokens(200) / 2);
    if (request.getsUsage()) {
      reported.addAndGet(tokens.total());
    }
    return Reply.answer(ANSWER, tokens);
  }

  private boolean live() throws Exception {
    long budget = 1500;
    Service openAi =
        new Service("support", SupportService.class, "https://api.openai.com", 60, budget);
    Service anthropic =
        new Service("research", ResearchService.class, "https://api.anthropic.com", 60, budget);
    boolean hasOpenAi = System.getenv("OPENAI_API_KEY") != null;
    boolean hasAnthropic = System.getenv("ANTHROPIC_API_KEY") != null;
    if (!hasOpenAi && !hasAnthropic) {
      System.out.println(
          "--live needs OPENAI_API_KEY, ANTHROPIC_API_KEY or both in the environment.");
      return false;
    }
    say("THE REAL ENDPOINTS are called; this costs a fraction of a cent");
    Service first = hasOpenAi ? openAi : anthropic;
    Service second = hasAnthropic ? anthropic : openAi;
    List<ServiceProcess> done =
        run(first, first == second ? second.named(second.name() + "-2") : second);
    commonChecks(done, budget);
    return checks.summary();
  }

  private List<ServiceProcess> run(Service... services) throws Exception {
    say(
        "two services, each in its own JVM with the agent, share "
            + services[0].budgetTokens()
            + " tokens a day of team 'assistants'");
    List<ServiceProcess> started = new ArrayList<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(ServiceProcess::close)));
    for (Service service : services) {
      started.add(ServiceProcess.start(service, agent, directory));
    }
    for (ServiceProcess process : started) {
      checks.that(
          process.service().name() + " worked until it was refused", process.endedWell(PATIENCE));
    }
    say("what the command line says of it: java -jar tokenmeter.jar status");
    checks.that("the spend table has the budget", status(services[0]));
    return started;
  }

  /** Prints the spend table; returns whether the team's budget is in it. */
  private boolean status(Service service) throws IOException, InterruptedException {
    Process status =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dtokenmeter.config=" + directory.resolve(service.name() + ".yaml"),
                "-jar",
                agent.toString(),
                "status")
            .redirectErrorStream(true)
            .start();
    String table = new String(status.getInputStream().readAllBytes(), UTF_8);
    System.out.println(table);
    return status.waitFor() == 0 && table.contains(Service.BUDGET);
  }

  private void commonChecks(List<ServiceProcess> done, long budget) {
    say("checks");
    for (ServiceProcess process : done) {
      String name = process.service().name();
      List<JsonNode> records = process.records();
      long refused = records.stream().filter(Demo::refused).count();
      checks.that(name + " made calls", records.stream().anyMatch(Demo::admitted));
      checks.that(name + " was refused", refused > 0);
      checks.equal(
          name + ": refusals that it saw, and refused calls", process.refusals().size(), refused);
      checks.that(
          name + ": every refusal names the budget and its limit",
          process.refusals().stream()
              .allMatch(
                  text -> text.contains(Service.BUDGET) && text.contains(String.valueOf(budget))));
    }
  }

  private static Stream<JsonNode> records(List<ServiceProcess> processes) {
    return processes.stream().flatMap(process -> process.records().stream());
  }

  private static long tokens(JsonNode entry) {
    return entry.path("input_tokens").asLong() + entry.path("output_tokens").asLong();
  }

  private static boolean isReported(JsonNode entry) {
    return entry.path("usage_source").asText().equals("provider");
  }

  private static boolean admitted(JsonNode entry) {
    return entry.path("decision").asText().equals("admitted");
  }

  private static boolean refused(JsonNode entry) {
    return entry.path("decision").asText().equals("refused");
  }

  private static void say(String what) {
    System.out.println();
    System.out.println("== " + what);
  }
}
