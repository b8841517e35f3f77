package io.tokenmeter.javaagent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.config.Configuration.CountingSettings;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.engine.prices.PriceTable;
import io.tokenmeter.engine.prices.UnitPrices;
import io.tokenmeter.tokenizers.Encoding;
import io.tokenmeter.tokenizers.Encodings;
import io.tokenmeter.tokenizers.ModelEncodings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "count",
    description = "Counts the tokens of a text, and says what they cost as a model's input.",
    mixinStandardHelpOptions = true)
final class CountCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--model", paramLabel = "M", description = "The model, as the provider names it.")
  private @Nullable String model;

  @Option(
      names = "--tokenizer",
      paramLabel = "T",
      description = "A tokenizer.json to count with, whatever the model.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--provider",
      paramLabel = "P",
      description = "Whose price; without it the first provider that has one for the model.")
  private @Nullable String provider;

  @Parameters(paramLabel = "FILE", description = "A text in UTF-8; - for standard input.")
  private String file = STANDARD_INPUT;

  CountCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    if (model == null && tokenizer == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--model=M' or '--tokenizer=T'");
    }
    Configuration configuration = surroundings.configuration();
    String text = text(read());
    Encoding encoding =
        tokenizer == null
            ? Encodings.forModel(String.valueOf(model), encodings(configuration.counting()))
            : read(tokenizer);
    long tokens = encoding.count(text);
    PrintWriter out = spec.commandLine().getOut();
    out.println("tokens    " + tokens);
    out.println("encoding  " + encoding.name());
    if (model != null) {
      PriceTable table = PriceTable.bundled(configuration.prices().overrides());
      out.println("price     " + price(table, model, tokens));
    }
    return 0;
  }

  private static ModelEncodings encodings(CountingSettings counting) throws IOException {
    ModelEncodings encodings = counting.encodings();
    for (Map.Entry<String, Path> tokenizer : counting.tokenizers().entrySet()) {
      encodings =
          encodings.with(tokenizer.getKey(), Encodings.fromTokenizerJson(tokenizer.getValue()));
    }
    return encodings;
  }

  private static Encoding read(Path tokenizer) throws IOException {
    try {
      return Encodings.fromTokenizerJson(tokenizer);
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no file " + tokenizer, missing);
    } catch (IllegalArgumentException unsupported) {
      throw new IOException(unsupported.getMessage(), unsupported);
    }
  }

  private byte[] read() throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return surroundings.in().readAllBytes();
    }
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no file " + file, missing);
    } catch (IOException unreadable) {
      String reason =
          Files.isDirectory(Path.of(file))
              ? "it is a directory"
              : unreadable.getClass().getSimpleName();
      throw new IOException(file + " cannot be read: " + reason, unreadable);
    }
  }

  private String text(byte[] bytes) throws IOException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw new IOException(file + " is no text in UTF-8", notText);
    }
  }

  private String price(PriceTable table, String priced, long tokens) {
    Instant now = surroundings.clock().instant();
    String payee =
        provider == null
            ? seller(table, priced, tokens, now)
            : PriceTable.canonicalProvider(provider);
    Usage usage = Usage.of(tokens, 0);
    UnitPrices prices = table.unitPrices(payee, priced, tokens, now);
    Cost cost = table.cost(payee, priced, usage, now);
    if (prices == null || cost == null) {
      return "unknown; state one under prices.overrides";
    }
    return "%s as input at %s (%s USD per million)"
        .formatted(
            Amounts.usdInFull(cost.nanoUsd()),
            payee,
            prices.usdPerMillion(TokenClass.UNCACHED_INPUT).toPlainString());
  }

  private static String seller(PriceTable table, String priced, long tokens, Instant now) {
    return table.providers().stream()
        .filter(name -> table.unitPrices(name, priced, tokens, now) != null)
        .findFirst()
        .orElse("");
  }
}
