package io.tokenmeter.javaagent.clients.faults;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.isNative;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.not;

import java.lang.instrument.Instrumentation;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.scaffold.MethodGraph;

/**
 * Attached in front of the agent under test. Puts a {@link Fault} at the entry of every public
 * method of every class whose name starts with the argument, and says on standard error which
 * classes these are.
 */
public final class FaultAgent {
  /** The message of what is thrown. */
  public static final String FAULT = "injected-fault";

  /** What is printed in front of the name of a class that now throws. */
  public static final String BROKEN = "now throws: ";

  private FaultAgent() {}

  public static void premain(String classes, Instrumentation instrumentation) {
    new AgentBuilder.Default(new ByteBuddy().with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE))
        .with(AgentBuilder.TypeStrategy.Default.REDEFINE_FROZEN)
        .with(AgentBuilder.InitializationStrategy.NoOp.INSTANCE)
        .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
        .ignore(none())
        .type(nameStartsWith(classes))
        .transform(
            (builder, type, loader, module, domain) -> {
              System.err.println(BROKEN + type.getName());
              return builder.visit(
                  Advice.to(Fault.class)
                      .on(isMethod().and(isPublic()).and(not(isAbstract())).and(not(isNative()))));
            })
        .installOn(instrumentation);
  }
}
