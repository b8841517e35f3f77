package io.tokenmeter.engine.config;

import io.tokenmeter.engine.budgets.Action;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what becomes of a call that a budget cannot pay. */
final class ActionReader {
  /** Names of the actions; each has keys of its own. */
  enum Kind {
    BLOCK,
    OBSERVE,
    THROTTLE,
    DOWNGRADE,
    SHRINK,
    REQUIRE_APPROVAL
  }

  static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);
  static final Duration LONGEST_MAX_WAIT = Duration.ofMinutes(10);
  static final long DEFAULT_MIN_OUTPUT = 256;

  private static final String MAX_WAIT = "max-wait";
  private static final String DOWNGRADE_TO = "downgrade-to";
  private static final String MIN_OUTPUT = "min-output";
  private static final Section.Parser<String> MODEL = Values.text("a model's name", 256);
  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    for (Kind kind : Kind.values()) {
      KINDS.put(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), kind);
    }
  }

  private ActionReader() {}

  static Kind defaultAction(Section budgets) {
    return budgets.value("default-action", Kind.BLOCK, Values.word(KINDS));
  }

  /** The action of a rule, with the keys that belong to it; keys of another action are errors. */
  static Action read(Section rule, Kind byDefault) {
    Kind kind = rule.value("action", byDefault, Values.word(KINDS));
    Duration maxWait =
        rule.value(MAX_WAIT, DEFAULT_MAX_WAIT, text -> Values.duration(text, LONGEST_MAX_WAIT));
    long minOutput =
        rule.value(MIN_OUTPUT, DEFAULT_MIN_OUTPUT, Values.wholeNumber(1, 1_000_000_000));
    Map<String, String> models = models(rule);
    belongs(rule, MAX_WAIT, kind, Kind.THROTTLE);
    belongs(rule, MIN_OUTPUT, kind, Kind.SHRINK);
    belongs(rule, DOWNGRADE_TO, kind, Kind.DOWNGRADE);
    return switch (kind) {
      case BLOCK -> Action.BLOCK;
      case OBSERVE -> Action.OBSERVE;
      case REQUIRE_APPROVAL -> Action.REQUIRE_APPROVAL;
      case THROTTLE -> new Action.Throttle(maxWait);
      case SHRINK -> new Action.Shrink(minOutput);
      case DOWNGRADE -> {
        if (!rule.has(DOWNGRADE_TO)) {
          rule.error("the action downgrade needs " + DOWNGRADE_TO);
        }
        yield new Action.Downgrade(models);
      }
    };
  }

  private static void belongs(Section rule, String key, Kind kind, Kind owner) {
    if (rule.has(key) && kind != owner) {
      String label = owner.name().toLowerCase(Locale.ROOT).replace('_', '-');
      rule.error(key, "belongs to the action " + label + ", which this budget does not have");
    }
  }

  /** One model for all, or a map from prefixes. */
  private static Map<String, String> models(Section rule) {
    if (!rule.has(DOWNGRADE_TO)) {
      return Map.of();
    }
    if (rule.isTable(DOWNGRADE_TO)) {
      Map<String, String> models =
          rule.section(DOWNGRADE_TO).rest((section, prefix) -> section.optional(prefix, MODEL));
      if (models.isEmpty()) {
        rule.error(DOWNGRADE_TO, "expected a model, or a map from prefixes of models to models");
      }
      return models;
    }
    Optional<String> model = rule.optional(DOWNGRADE_TO, MODEL);
    return model.map(name -> Map.of("", name)).orElse(Map.of());
  }
}
