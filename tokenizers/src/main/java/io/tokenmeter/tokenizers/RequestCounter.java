package io.tokenmeter.tokenizers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts whole requests for one model. Immutable and thread-safe.
 *
 * <p>The rules and their sources are in the data file {@code counting-rules.txt}. Text of a model
 * whose tokenizer is closed is counted with a base encoding, times a factor.
 */
public final class RequestCounter {
  /** Counters are kept for so many models; beyond, they are made each time. */
  private static final int MOST_KEPT = 500;

  private static final Map<ModelName, RequestCounter> KEPT = new ConcurrentHashMap<>();

  private final Encoding encoding;
  private final double factor;
  private final double margin;
  private final double roughMargin;
  private final FramingRule framing;
  private final ToolRule toolRule;
  private final long toolPrompt;
  private final long toolPromptForced;
  private final MediaRule media;

  private RequestCounter(Encoding encoding, CountingRules rules, ModelName name) {
    String provider = name.provider();
    String model = name.model();
    double[] text = rules.require("text", provider, model);
    double[] prompt = rules.require("tool-prompt", provider, model);
    this.encoding = encoding;
    this.factor = text[0];
    this.margin = text[1] / 100;
    this.roughMargin = rules.require("rough", provider, model)[0] / 100;
    this.framing = FramingRule.of(rules.require("chat", provider, model));
    this.toolRule =
        rules
            .find("tools", provider, model)
            .<ToolRule>map(ToolRule.Cookbook::of)
            .orElseGet(ToolRule.AsJson::new);
    this.toolPrompt = (long) prompt[0];
    this.toolPromptForced = (long) prompt[1];
    this.media = MediaRule.of(rules, provider, model);
  }

  /**
   * The counter for a provider's model; one that is unknown gets a cautious margin.
   *
   * @param provider as in {@code gen_ai.provider.name}, such as {@code openai}; empty if unknown
   * @param model as the request names it
   */
  public static RequestCounter forModel(String provider, String model) {
    ModelName name = new ModelName(provider, model);
    RequestCounter kept = KEPT.get(name);
    if (kept != null) {
      return kept;
    }
    RequestCounter counter =
        new RequestCounter(Encodings.forModel(model), CountingRules.builtIn(), name);
    if (KEPT.size() < MOST_KEPT) {
      KEPT.put(name, counter);
    }
    return counter;
  }

  /** Tokens of the whole request. */
  public InputEstimate count(Prompt prompt) {
    RequestTokens tokens = new RequestTokens();
    for (Prompt.Message message : prompt.messages()) {
      countMessage(message, tokens);
    }
    if (prompt.messages().stream().anyMatch(message -> !message.role().isEmpty())) {
      tokens.exact += framing.priming();
    }
    if (!prompt.tools().isEmpty()) {
      tokens.exact += prompt.toolChoiceForced() ? toolPromptForced : toolPrompt;
      countTools(prompt, tokens);
    }
    if (prompt.responseSchema() != null) {
      tokens.text += encoding.count(prompt.responseSchema());
    }
    return tokens.estimate(factor, margin, roughMargin);
  }

  /** A counter for what comes back from the model. */
  public StreamCounter outputCounter() {
    StreamCounter counter = encoding.streamCounter();
    return factor == 1 ? counter : new ScaledStreamCounter(counter, factor);
  }

  private void countMessage(Prompt.Message message, RequestTokens tokens) {
    if (!message.role().isEmpty()) {
      tokens.exact += framing.message();
      tokens.text += encoding.count(message.role());
    }
    if (message.name() != null) {
      tokens.exact += framing.name();
      tokens.text += encoding.count(message.name());
    }
    for (Prompt.Part part : message.parts()) {
      countPart(part, tokens);
    }
  }

  private void countPart(Prompt.Part part, RequestTokens tokens) {
    if (part instanceof Prompt.Text text) {
      tokens.text += encoding.count(text.text());
    } else if (part instanceof Prompt.TokenIds ids) {
      tokens.exact += ids.count();
    } else if (part instanceof Prompt.ToolCall call) {
      tokens.exact += framing.call();
      tokens.text += encoding.count(call.name()) + encoding.count(call.argumentsJson());
    } else if (part instanceof Prompt.Image image) {
      media.countImage(image, tokens);
    } else if (part instanceof Prompt.Audio audio) {
      tokens.rough += media.audioTokens(audio);
    } else if (part instanceof Prompt.File file) {
      tokens.rough += media.fileTokens(file);
    }
  }

  private void countTools(Prompt prompt, RequestTokens tokens) {
    for (Prompt.Tool tool : prompt.tools()) {
      tokens.text += toolRule.tokens(tool, encoding);
    }
    if (toolRule instanceof ToolRule.Cookbook cookbook) {
      tokens.exact += cookbook.end();
    }
  }

  private record ModelName(String provider, String model) {}

  /** A rule {@code chat}: tokens a message, a name, to prime the reply, and a call sent back. */
  private record FramingRule(long message, long name, long priming, long call) {
    static FramingRule of(double[] numbers) {
      return new FramingRule(
          (long) numbers[0], (long) numbers[1], (long) numbers[2], (long) numbers[3]);
    }
  }
}
