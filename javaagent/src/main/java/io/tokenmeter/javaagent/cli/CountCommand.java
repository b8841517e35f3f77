package io.tokenmeter.javaagent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.api.TokenClass;
import io.tokenmeter.api.Usage;
import io.tokenmeter.engine.config.Configuration;
import io.tokenmeter.engine.prices.Cost;
import io.tokenmeter.engine.prices.PriceTable;
import io.tokenmeter.engine.prices.UnitPrices;
import io.tokenmeter.tokenizers.Encoding;
import io.tokenmeter.tokenizers.Encodings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "The model, as the provider names it.")
  private String model = "";

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
    Configuration configuration = surroundings.configuration();
    String text = text(read());
    Encoding encoding = Encodings.forModel(model);
    long tokens = encoding.count(text);
    PrintWriter out = spec.commandLine().getOut();
    out.println("tokens    " + tokens);
    out.println("encoding  " + encoding.name());
    out.println(
        "price     " + price(PriceTable.bundled(configuration.prices().overrides()), tokens));
    return 0;
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

  private String price(PriceTable table, long tokens) {
    Instant now = surroundings.clock().instant();
    String payee =
        provider == null ? seller(table, tokens, now) : PriceTable.canonicalProvider(provider);
    Usage usage = Usage.of(tokens, 0);
    UnitPrices prices = table.unitPrices(payee, model, tokens, now);
    Cost cost = table.cost(payee, model, usage, now);
    if (prices == null || cost == null) {
      return "unknown; state one under prices.overrides";
    }
    return "%s as input at %s (%s USD per million)"
        .formatted(
            Amounts.usdInFull(cost.nanoUsd()),
            payee,
            prices.usdPerMillion(TokenClass.UNCACHED_INPUT).toPlainString());
  }

  private String seller(PriceTable table, long tokens, Instant now) {
    return table.providers().stream()
        .filter(name -> table.unitPrices(name, model, tokens, now) != null)
        .findFirst()
        .orElse("");
  }
}
