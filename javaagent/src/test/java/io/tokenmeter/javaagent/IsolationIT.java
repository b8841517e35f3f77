package io.tokenmeter.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.javaagent.programs.LookAround;
import io.tokenmeter.javaagent.programs.PlainCalls;
import io.tokenmeter.javaagent.programs.Redeployed;
import io.tokenmeter.javaagent.programs.StalledBody;
import io.tokenmeter.javaagent.programs.Undeployed;
import io.tokenmeter.javaagent.testing.ForkedJvm;
import io.tokenmeter.javaagent.testing.ForkedJvm.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import kotlin.Unit;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.implementation.FixedValue;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the application can and cannot see of the agent. */
final class IsolationIT {
  @TempDir private Path home;

  @Test
  void classes_ofTheAgent_areOutOfTheApplicationsSight() {
    List<String> inside =
        List.of(
            "io.tokenmeter.javaagent.Agent",
            "io.tokenmeter.engine.Engine",
            "io.tokenmeter.api.TokenMeter",
            "io.tokenmeter.otel.TelemetryListener",
            "io.tokenmeter.shaded.slf4j.Logger",
            "io.tokenmeter.shaded.asm.ClassReader",
            "org.objectweb.asm.ClassReader",
            "org.slf4j.Logger",
            "com.fasterxml.jackson.core.JsonFactory",
            "META-INF/services/io.tokenmeter.shaded.slf4j.spi.SLF4JServiceProvider",
            "io/tokenmeter/javaagent/Agent.class");

    Result result = ForkedJvm.running(LookAround.class).arguments(inside.toArray()).run().orThrow();

    assertThat(result.stdout().lines()).containsExactlyElementsOf(none(inside));
  }

  private static List<String> none(List<String> names) {
    return names.stream().map(name -> name + "=false").toList();
  }

  @Test
  void jar_root_holdsTheEntryOnly() throws IOException {
    try (JarFile jar = new JarFile(ForkedJvm.agentJar().toFile())) {
      assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(entry -> entry.getName()))
          .filteredOn(name -> !name.startsWith("inst/") && !name.startsWith("META-INF/"))
          .containsExactlyInAnyOrder(
              "io/tokenmeter/javaagent/entry/AgentEntry.class",
              "io/tokenmeter/javaagent/entry/AgentClassLoader.class");
    }
    assertThat(ForkedJvm.agentJar().toFile().length()).isLessThan(16L << 20);
  }

  /** Inflating the vocabulary of most models would take longer than all else of a first call. */
  @Test
  void jar_vocabularyOfMostModels_isNotCompressed() throws IOException {
    try (JarFile jar = new JarFile(ForkedJvm.agentJar().toFile())) {
      assertThat(jar.getEntry("inst/io/tokenmeter/tokenizers/o200k_base.bpe").getMethod())
          .isEqualTo(ZipEntry.STORED);
    }
  }

  @Test
  void calls_throughTheAgent_areByteForByteTheSame() {
    Result without = plainCalls().withoutAgent().run().orThrow();
    Result with =
        plainCalls().home(home).property("tokenmeter.calls.file", callLog()).run().orThrow();

    assertThat(with.stdout()).isEqualTo(without.stdout());
    assertThat(with.stderr()).isEqualTo(without.stderr());
    assertThat(callLog()).content().hasLineCount(8).doesNotContain("abandoned");
  }

  @Test
  void calls_whoseBodyNeverComes_timeOutAsWithoutTheAgent() {
    Result without = ForkedJvm.running(StalledBody.class).withoutAgent().run().orThrow();
    Result with = ForkedJvm.running(StalledBody.class).home(home).run().orThrow();

    assertThat(without.values("sync")).singleElement().asString().contains("Timeout");
    assertThat(with).isEqualTo(without);
  }

  private ForkedJvm plainCalls() {
    return ForkedJvm.running(PlainCalls.class).classPath(okHttp().toList());
  }

  private Path callLog() {
    return home.resolve("calls.jsonl");
  }

  /** The library is no real one, which the advice says in its way: so it was there. */
  @Test
  void classLoader_ofAnApplicationThatIsUndeployed_isUnloaded() throws IOException {
    String library = "com.openai.client.okhttp.OkHttpClient";
    Path jar = home.resolve("library.jar");
    new ByteBuddy()
        .subclass(Object.class)
        .name(library)
        .defineMethod("execute", Object.class, Visibility.PUBLIC)
        .withParameters(Object.class, Object.class)
        .intercept(FixedValue.nullValue())
        .make()
        .toJar(jar.toFile());

    Result result =
        ForkedJvm.running(Redeployed.class)
            .home(home.resolve("state"))
            .arguments(jar, library, "execute")
            .run()
            .orThrow();

    assertThat(result.stderr()).contains("internal error in advice").hasLineCount(1);
    assertThat(result.values("unloaded")).containsExactly("true");
  }

  /** The engine and telemetry of its own start with that call, and stay. */
  @Test
  void classLoader_ofTheApplicationThatMadeTheFirstCall_isUnloaded() {
    Result result =
        ForkedJvm.running(Undeployed.class)
            .property("user.home", home)
            .environment("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
            .run()
            .orThrow();

    assertThat(result.values("status")).containsExactly("200");
    assertThat(home.resolve(".tokenmeter")).as("the engine has started").isNotEmptyDirectory();
    assertThat(result.values("unloaded")).containsExactly("true");
  }

  private static Stream<Path> okHttp() {
    return Stream.of(OkHttpClient.class, Buffer.class, Unit.class).map(ForkedJvm::locationOf);
  }
}
