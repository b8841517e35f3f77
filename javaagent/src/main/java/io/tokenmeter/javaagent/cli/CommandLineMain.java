package io.tokenmeter.javaagent.cli;

import io.tokenmeter.engine.config.BudgetAmount;
import io.tokenmeter.engine.config.Durations;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line. Exit codes: 0 all is well, 1 something is wrong and was said, 2 the command
 * itself was not understood.
 */
@Command(
    name = "tokenmeter",
    description = "Meters and budgets the LLM calls of a JVM from inside the process.",
    footer = {
      "",
      "To meter a program: java -javaagent:tokenmeter.jar -jar program.jar",
      "Settings are read as the agent reads them: -Dtokenmeter.<key>=... (before -jar),",
      "TOKENMETER_<KEY>, then tokenmeter.yaml."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Release.class)
public final class CommandLineMain implements Runnable {
  /** What the JVM makes of a byte of an argument that its locale does not know. */
  private static final char UNREADABLE = '\ufffd';

  @Spec private CommandSpec spec = CommandSpec.create();

  private CommandLineMain() {}

  /**
   * Runs one command in the surroundings of this process.
   *
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(args, out, err, Surroundings.ofThisProcess());
  }

  static int run(String[] args, PrintWriter out, PrintWriter err, Surroundings surroundings) {
    for (String arg : args) {
      if (arg.indexOf(UNREADABLE) >= 0) {
        err.println(
            "an argument has characters that this locale cannot express: '"
                + arg
                + "'; set LC_ALL=C.UTF-8 and give the command again");
        err.flush();
        return CommandLine.ExitCode.USAGE;
      }
    }
    int exitCode =
        new CommandLine(new CommandLineMain())
            .addSubcommand(new StatusCommand(surroundings))
            .addSubcommand(new DoctorCommand(surroundings))
            .addSubcommand(new CountCommand(surroundings))
            .addSubcommand(new FingerprintCommand(surroundings))
            .addSubcommand(new ReportCommand(surroundings))
            .addSubcommand(new RequestCommand(surroundings))
            .addSubcommand(new ApproveCommand(surroundings))
            .addSubcommand(new RejectCommand(surroundings))
            .addSubcommand(new OverrideCommand(surroundings))
            .addSubcommand(new GrantCommand(surroundings))
            .addSubcommand(new RevokeCommand(surroundings))
            .addSubcommand(new CommandLine.HelpCommand())
            .setOut(out)
            .setErr(err)
            .registerConverter(BudgetAmount.class, converter(BudgetAmount::parse))
            .registerConverter(Duration.class, converter(Durations::parse))
            .registerConverter(YearMonth.class, converter(CommandLineMain::month))
            .setExecutionExceptionHandler(CommandLineMain::failed)
            .execute(args);
    out.flush();
    err.flush();
    return exitCode;
  }

  private static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeParseException unfit) {
      throw new IllegalArgumentException("expected a month such as 2026-10", unfit);
    }
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException unfit) {
        throw new TypeConversionException(unfit.getMessage() + ", but was '" + text + "'");
      }
    };
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    command.getErr().println("tokenmeter: " + words(failure));
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** A file system's failure often says no more than the file's name. */
  static String words(Exception failure) {
    String message = failure.getMessage();
    if (failure instanceof FileSystemException about && about.getReason() == null) {
      String what =
          failure instanceof NoSuchFileException
              ? "there is no such file"
              : failure instanceof AccessDeniedException
                  ? "this user may not"
                  : failure.getClass().getSimpleName();
      return about.getFile() + ": " + what;
    }
    return message == null ? failure.toString() : message;
  }

  /** Without a subcommand. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
