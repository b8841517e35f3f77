package io.tokenmeter.engine.config;

import io.tokenmeter.engine.config.Configuration.AlertSettings;
import io.tokenmeter.engine.config.Configuration.Webhook;
import io.tokenmeter.engine.config.Configuration.WebhookFormat;
import io.tokenmeter.engine.ledger.Marks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads {@code alerts}, and thresholds wherever they stand. */
final class AlertReader {
  static final List<Integer> DEFAULT_THRESHOLDS = List.of(50, 80, 95, 100);

  private static final Duration DEFAULT_NOTICE = Duration.ofDays(7);
  private static final Duration LONGEST_NOTICE = Duration.ofDays(3660);
  private static final int MAX_THRESHOLDS = 16;
  private static final Map<String, WebhookFormat> FORMATS = new LinkedHashMap<>();
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

  /** The JDK's client sets these itself and throws where somebody else does. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  static {
    FORMATS.put("json", WebhookFormat.JSON);
    FORMATS.put("slack", WebhookFormat.SLACK);
  }

  private AlertReader() {}

  static AlertSettings read(Section alerts) {
    List<Webhook> webhooks = new ArrayList<>();
    for (Section section : alerts.items("webhooks", "a webhook with url")) {
      webhook(section, webhooks);
    }
    Duration notice =
        alerts.value(
            "grant-notice", DEFAULT_NOTICE, Durations.between(Duration.ZERO, LONGEST_NOTICE));
    alerts.refuseUnknownKeys();
    return new AlertSettings(webhooks, notice);
  }

  private static void webhook(Section section, List<Webhook> into) {
    if (!section.has("url")) {
      section.error("a webhook needs url");
    }
    // Whoever knows the URL may post: it is not repeated.
    Optional<String> url = section.secret("url", Values::httpUrl);
    WebhookFormat format = section.value("format", WebhookFormat.JSON, Values.word(FORMATS));
    List<Integer> thresholds = thresholds(section, List.of());
    Map<String, String> headers = section.section("headers").rest(AlertReader::header);
    section.refuseUnknownKeys();
    url.ifPresent(text -> into.add(new Webhook(text, format, thresholds, headers)));
  }

  private static Optional<String> header(Section headers, String name) {
    if (!HEADER.matcher(name).matches() || OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
      headers.error(name, "is no header that can be set");
      return Optional.empty();
    }
    return headers.secret(name, Values.text("a header's value", 8192));
  }

  /** Percentages, sorted; an empty list where somebody wrote one. */
  static List<Integer> thresholds(Section section, List<Integer> otherwise) {
    if (!section.has("thresholds")) {
      return otherwise;
    }
    TreeSet<Integer> percents = new TreeSet<>();
    for (String word : section.words("thresholds", AlertReader::percent)) {
      percents.add(Integer.parseInt(word));
    }
    if (percents.size() > MAX_THRESHOLDS) {
      section.error("thresholds", "expected at most " + MAX_THRESHOLDS + " of them");
    }
    return List.copyOf(percents);
  }

  private static String percent(String text) {
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
    return Values.wholeNumber(1, Marks.MAX_PERCENT).parse(digits).toString();
  }
}
