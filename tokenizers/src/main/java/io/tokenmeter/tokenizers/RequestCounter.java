package io.tokenmeter.tokenizers;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts whole requests for one model. Thread-safe.
 *
 * <p>The rules and their sources are in the data file {@code counting-rules.txt}. Text of a model
 * whose tokenizer is closed is counted with a base encoding, times a factor.
 */
public final class RequestCounter {
  private static final AtomicLong IDS = new AtomicLong();

  /**
   * By which the memory tells this counter's figures from those of others: encoding and rules are
   * in it.
   */
  private final long id = IDS.incrementAndGet();

  private final Encoding encoding;
  private final Supplier<TextFactor> factor;
  private final double roughMargin;
  private final long slack;
  private final FramingRule framing;
  private final ToolRule toolRule;
  private final long toolPrompt;
  private final long toolPromptForced;
  private final MediaRule media;
  private final RequestMemory memory;

  RequestCounter(
      Encoding encoding,
      CountingRules rules,
      String provider,
      String model,
      RequestMemory memory,
      Calibration calibration) {
    double[] prompt = rules.require("tool-prompt", provider, model);
    this.encoding = encoding;
    FactorRule rule = rules.factor(encoding.name(), provider, model);
    this.factor = calibration.factorOf(provider, model, rule);
    this.roughMargin = rules.require("rough", provider, model)[0] / 100;
    this.slack = rule.slack();
    this.framing = FramingRule.of(rules.require("chat", provider, model));
    this.toolRule =
        rules
            .find("tools", provider, model)
            .<ToolRule>map(ToolRule.Cookbook::of)
            .orElseGet(ToolRule.AsJson::new);
    this.toolPrompt = (long) prompt[0];
    this.toolPromptForced = (long) prompt[1];
    this.media = MediaRule.of(rules, provider, model);
    this.memory = memory;
  }

  /**
   * The counter for a provider's model under the built-in rules; nothing is remembered or learned.
   * See {@link RequestCounters}.
   */
  public static RequestCounter forModel(String provider, String model) {
    return RequestCounters.builtIn().forModel(provider, model);
  }

  /**
   * Tokens of the whole request. The parts of it that have a digest are remembered.
   *
   * @param prompt with what this counter remembers of it, if anything
   */
  public InputEstimate count(Prompt prompt) {
    Tally tally = new Tally();
    if (prompt.remembered() != null) {
      tally.all.add(prompt.remembered().tokens());
    }
    for (Prompt.Message message : prompt.messages()) {
      countMessage(message, tally.partOf(message.digest()));
    }
    for (Prompt.Tool tool : prompt.tools()) {
      countTool(tool, tally.partOf(tool.digest()));
    }
    tally.end();
    RequestTokens tokens = tally.all;
    if (tokens.framed) {
      tokens.exact += framing.priming();
    }
    if (tokens.tools) {
      tokens.exact += prompt.toolChoiceForced() ? toolPromptForced : toolPrompt;
      tokens.exact += toolRule.end();
    }
    if (prompt.responseSchema() != null) {
      tokens.text += encoding.count(prompt.responseSchema());
    }
    return tokens.estimate(factor.get(), slack, roughMargin);
  }

  /**
   * Adds a part of a request to {@code parts} if it is remembered.
   *
   * @return whether it is; then it need not be read
   */
  public boolean recall(long high, long low, RememberedParts parts) {
    RequestMemory.Entry entry = memory.find(id, high, low);
    if (entry == null) {
      return false;
    }
    parts.add(entry);
    return true;
  }

  /** A counter for what comes back from the model. */
  public StreamCounter outputCounter() {
    StreamCounter counter = encoding.streamCounter();
    double current = factor.get().factor();
    return current == 1 ? counter : new ScaledStreamCounter(counter, current);
  }

  /** Sums up a request, and remembers each part that has a digest. */
  private final class Tally {
    final RequestTokens all = new RequestTokens();
    private RequestTokens part = all;
    private @Nullable ContentDigest digest;

    /** Where to count the next piece of the part with that digest; null for no such part. */
    RequestTokens partOf(@Nullable ContentDigest next) {
      if (next != digest) {
        end();
        digest = next;
        part = next == null ? all : new RequestTokens();
      }
      return part;
    }

    void end() {
      if (digest != null) {
        memory.put(id, digest, part);
        all.add(part);
        digest = null;
        part = all;
      }
    }
  }

  private void countMessage(Prompt.Message message, RequestTokens tokens) {
    if (!message.role().isEmpty()) {
      tokens.framed = true;
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

  private void countTool(Prompt.Tool tool, RequestTokens tokens) {
    tokens.tools = true;
    tokens.text += toolRule.tokens(tool, encoding);
  }

  /** A rule {@code chat}: tokens a message, a name, to prime the reply, and a call sent back. */
  private record FramingRule(long message, long name, long priming, long call) {
    static FramingRule of(double[] numbers) {
      return new FramingRule(
          (long) numbers[0], (long) numbers[1], (long) numbers[2], (long) numbers[3]);
    }
  }
}
