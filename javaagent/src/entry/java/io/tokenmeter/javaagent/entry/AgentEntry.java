package io.tokenmeter.javaagent.entry;

import java.io.File;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Where the JVM and people enter the jar. This and {@link AgentClassLoader} are the only classes
 * that the system class loader sees; both are compiled for Java 8, so that an older JVM gets a
 * sentence instead of an {@code UnsupportedClassVersionError}.
 */
public final class AgentEntry {
  private static final int OLDEST_JAVA = 17;
  private static final String AGENT = "io.tokenmeter.javaagent.Agent";
  private static final String COMMAND_LINE = "io.tokenmeter.javaagent.cli.CommandLineMain";

  private AgentEntry() {}

  /** Attached with {@code -javaagent}. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    attach(instrumentation, true);
  }

  /** Attached to a JVM that runs already. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    attach(instrumentation, false);
  }

  /** {@code java -jar tokenmeter.jar}: the command line. */
  public static void main(String[] arguments) throws Exception {
    if (javaVersion() < OLDEST_JAVA) {
      System.err.println("tokenmeter needs Java " + OLDEST_JAVA + " or newer" + thisIs());
      System.exit(1);
    }
    PrintWriter out = writer(System.out, "stdout.encoding");
    PrintWriter err = writer(System.err, "stderr.encoding");
    Class<?> commandLine = isolated().loadClass(COMMAND_LINE);
    Thread.currentThread().setContextClassLoader(commandLine.getClassLoader());
    Object exitCode =
        commandLine
            .getMethod("run", String[].class, PrintWriter.class, PrintWriter.class)
            .invoke(null, arguments, out, err);
    out.flush();
    err.flush();
    System.exit((Integer) exitCode);
  }

  /**
   * In the terminal's encoding. Where there is no terminal, or one of which the system says that it
   * knows ASCII only, as it does wherever no locale is set: in UTF-8, for names are not ASCII.
   */
  private static PrintWriter writer(PrintStream stream, String property) {
    Charset charset = StandardCharsets.UTF_8;
    String terminal = System.getProperty(property, System.getProperty("sun." + property));
    if (terminal != null
        && Charset.isSupported(terminal)
        && !Charset.forName(terminal).equals(StandardCharsets.US_ASCII)) {
      charset = Charset.forName(terminal);
    }
    return new PrintWriter(new OutputStreamWriter(stream, charset), true);
  }

  private static void attach(Instrumentation instrumentation, boolean atStart) {
    String command = System.getProperty("sun.java.command");
    if (isJdkTool(command)) {
      return;
    }
    if (javaVersion() < OLDEST_JAVA) {
      warn("needs Java " + OLDEST_JAVA + " or newer" + thisIs() + "; nothing is metered");
      return;
    }
    try {
      if (isOwnCommandLine(command, System.getProperty("java.class.path"))) {
        return;
      }
      isolated()
          .loadClass(AGENT)
          .getMethod("start", Instrumentation.class, boolean.class)
          .invoke(null, instrumentation, atStart);
    } catch (InvocationTargetException e) {
      warn("could not start; the application runs on, nothing is metered: " + e.getCause());
    } catch (Throwable e) {
      warn("could not start; the application runs on, nothing is metered: " + e);
    }
  }

  /**
   * Whether the JVM runs a tool of the JDK ({@code JAVA_TOOL_OPTIONS} reaches them all). A program
   * that is launched from its source file belongs to the user, though javac's launcher starts it.
   */
  static boolean isJdkTool(String command) {
    if (command == null) {
      return false;
    }
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    return main.indexOf('/') > 0
        && (main.startsWith("jdk.") || main.startsWith("java."))
        && !main.startsWith("jdk.compiler/com.sun.tools.javac.launcher.");
  }

  /**
   * Whether the JVM runs {@code java -jar tokenmeter.jar ...}, of this jar or a copy of it. It is
   * to explain a configuration, and not to be stopped by one.
   */
  private static boolean isOwnCommandLine(String command, String classPath)
      throws URISyntaxException {
    return command != null
        && classPath != null
        && (command.equals(classPath) || command.startsWith(classPath + " "))
        && new File(classPath).getName().equals(ownJar().getName());
  }

  private static AgentClassLoader isolated() throws Exception {
    return new AgentClassLoader(ownJar(), platformLoader());
  }

  private static File ownJar() throws URISyntaxException {
    return new File(AgentEntry.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The last loader before the boot loader; its accessor is newer than Java 8. */
  private static ClassLoader platformLoader() {
    ClassLoader loader = ClassLoader.getSystemClassLoader();
    while (loader.getParent() != null) {
      loader = loader.getParent();
    }
    return loader;
  }

  private static int javaVersion() {
    String version = System.getProperty("java.specification.version", "");
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }

  private static String thisIs() {
    return ", this is " + System.getProperty("java.version");
  }

  private static void warn(String message) {
    System.err.println("[tokenmeter] WARN The agent " + message);
  }
}
