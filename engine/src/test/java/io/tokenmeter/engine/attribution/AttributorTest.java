package io.tokenmeter.engine.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.tokenmeter.api.Attribution;
import io.tokenmeter.engine.OutgoingCall;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributorTest {
  private static final String SALT = "a salt for the tests";
  private static final String KEY = "sk-canary-1/2+3=";

  @TempDir Path home;
  private final List<String> faults = new ArrayList<>();

  @Test
  void attribution_everySource_winsOverTheOnesBefore() throws Exception {
    String all = "{a: static, b: static, c: static, d: static}";
    String owner =
        "{fingerprint: %s, b: owner, c: owner, d: owner}"
            .formatted(ApiKeyFingerprint.salted(SALT).of(KEY));
    Attributor attributor =
        attributor(
            Map.of("attribution", all, "api-keys", "[" + owner + "]", "api-key-salt", SALT),
            call -> Map.of("c", "baggage", "d", "baggage"));

    try (Attribution.Scope scope = Attribution.of("d", "code").makeCurrent()) {
      assertThat(attributor.attribution(call("x-api-key", KEY)))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("a", "static", "b", "owner", "c", "baggage", "d", "code"));
    }
    assertThat(attributor.attribution(call("x-api-key", "another"))).containsEntry("b", "static");
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization, Bearer sk-canary-1/2+3=, /v1",
    "authorization, 'bearer  sk-canary-1/2+3= ', /v1",
    "x-api-key, sk-canary-1/2+3=, /v1",
    "API-Key, sk-canary-1/2+3=, /v1",
    "x-goog-api-key, sk-canary-1/2+3=, /v1",
    "other, x, /v1?key=sk-canary-1%2F2%2B3%3D",
    "other, x, /v1?alt=sse&monkey=1&key=sk-canary-1%2f2%2b3%3d&z=1",
    "Authorization, Basic abc, /v1?key=sk-canary-1/2%2B3=",
  })
  void attribution_keyWhereverItIsSent_isFound(String header, String value, String path)
      throws Exception {
    assertThat(withOwner().attribution(call(header, value, path))).containsEntry("team", "search");
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization, Bearer, /v1",
    "Authorization, Basic sk-canary-1/2+3=, /v1",
    "other, x, /v1",
    "other, x, /v1?key=",
    "other, x, /v1?",
    "other, x, /v1?key=%zz&key=sk-canary-1/2+3=",
    "other, x, /key=sk-canary-1/2+3=",
  })
  void attribution_noKeyOrNotOurs_isStaticOnly(String header, String value, String path)
      throws Exception {
    assertThat(withOwner().attribution(call(header, value, path))).isEmpty();
    assertThat(faults).isEmpty();
  }

  private Attributor withOwner() throws Exception {
    String fingerprint = ApiKeyFingerprint.salted(SALT).of(KEY);
    String owners = "[{fingerprint: " + fingerprint + ", team: search}]";
    return attributor(Map.of("api-keys", owners, "api-key-salt", SALT));
  }

  @Test
  void attribution_nothingButStatic_isTheSameMapEveryTime() throws Exception {
    Attributor attributor = attributor(Map.of("attribution", "{team: search}"));
    assertThat(attributor.attribution(call("x-api-key", KEY)))
        .isSameAs(attributor.attribution(call("x-api-key", KEY)))
        .containsExactly(Map.entry("team", "search"));
  }

  @Test
  void attribution_valuesOfCallsAndCode_areCleanedAndBounded() throws Exception {
    Map<String, String> wild = new HashMap<>();
    wild.put("line", " a\r\nb\u0000\u0085c ");
    wild.put("long", "x".repeat(1000));
    wild.put("emoji", "x".repeat(255) + "\ud83d\ude00");
    wild.put("empty", "\n\t ");
    wild.put("k".repeat(100), "v");
    wild.put("", "v");
    Map<String, String> clean = attributor(Map.of(), call -> wild).attribution(call("other", "x"));
    assertThat(clean)
        .containsOnlyKeys("line", "long", "emoji")
        .containsEntry("line", "abc")
        .containsEntry("long", "x".repeat(256))
        .containsEntry("emoji", "x".repeat(255));
  }

  @Test
  void attribution_tooManyKeys_keepsSomeAndStillReplaces() throws Exception {
    Map<String, String> many = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      many.put("k" + i, "v");
    }
    Attributor attributor =
        attributor(Map.of("attribution", "{team: a}"), call -> many, call -> Map.of("team", "b"));
    assertThat(attributor.attribution(call("other", "x"))).hasSize(32).containsEntry("team", "b");
  }

  @Test
  void attribution_sourceThatThrows_isReportedAndPassedOver() throws Exception {
    Attributor attributor =
        attributor(
            Map.of("attribution", "{team: a}"),
            call -> {
              throw new IllegalStateException("broken");
            },
            call -> {
              throw new NoClassDefFoundError("gone");
            },
            call -> Map.of("user", "u"));
    assertThat(attributor.attribution(call("other", "x")))
        .containsEntry("team", "a")
        .containsEntry("user", "u");
    assertThat(faults).hasSize(2).allMatch(where -> where.startsWith("attribution by "));
  }

  @Test
  void attribution_headersThatThrow_areReportedAndPassedOver() throws Exception {
    OutgoingCall call =
        new OutgoingCall(
            "test",
            "POST",
            "h",
            443,
            "/",
            name -> {
              throw new IllegalStateException("broken");
            },
            new byte[0],
            null);
    assertThat(withOwner().attribution(call)).isEmpty();
    assertThat(faults).containsExactly("attribution by API key");
  }

  @Test
  void of_saltThatCannotBeUsed_leavesTheOwnersOut() throws Exception {
    Files.writeString(home.resolve("api-key-salt"), "damaged");
    Attributor attributor =
        attributor(
            Map.of(
                "attribution", "{team: a}",
                "api-keys", "[{fingerprint: 0123456789abcdef, team: b}]"));
    assertThat(attributor.attribution(call("x-api-key", KEY))).containsEntry("team", "a");
  }

  @Test
  void of_noOwners_createsNoSalt() throws Exception {
    attributor(Map.of("attribution", "{team: a}")).attribution(call("x-api-key", KEY));
    assertThat(home).isEmptyDirectory();
  }

  private Attributor attributor(Map<String, String> settings, AttributionSource... sources)
      throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("tokenmeter.home", home.toString());
    settings.forEach((key, value) -> properties.put("tokenmeter." + key, value));
    Configuration configuration = ConfigurationLoader.load(properties, Map.of());
    return Attributor.of(configuration, List.of(sources), (where, fault) -> faults.add(where));
  }

  private static OutgoingCall call(String header, String value) {
    return call(header, value, "/v1/chat/completions");
  }

  private static OutgoingCall call(String header, String value, String path) {
    return new OutgoingCall(
        "test",
        "POST",
        "api.example.com",
        443,
        path,
        name -> name.equalsIgnoreCase(header) ? value : null,
        new byte[0],
        null);
  }
}
