package io.tokenmeter.javaagent.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Woven classes pass the JVM's verifier, whatever their methods look like. What woven code does is
 * tested with the libraries themselves.
 */
class WeaverTest {

  /** Methods with what makes stack map frames hard. */
  static class Shapes {
    private int calls;

    Object loopAtTheStart(Object first) {
      while (calls < 3) {
        calls++;
      }
      return first;
    }

    Object wideLocals(Object first, String second) {
      long sum = 0;
      double product = 1;
      for (int i = 0; i < second.length(); i++) {
        long square = (long) i * i;
        sum += square;
        product *= i + 0.5;
      }
      return sum > product ? first : second;
    }

    String manyReturns(Object first) {
      if (first instanceof String text) {
        return text;
      }
      if (calls == 0) {
        return "none";
      }
      return first == null ? "null" : first.toString();
    }

    Object catches(Supplier<Object> first) throws IOException {
      List<Object> seen = new ArrayList<>();
      try (InputStream in = InputStream.nullInputStream()) {
        seen.add(first.get());
        return in.read() < 0 ? seen : null;
      } catch (IllegalStateException e) {
        seen.add(e);
        throw e;
      } finally {
        calls++;
      }
    }

    Object[] throwsOnly(Object first) {
      throw new IllegalArgumentException(String.valueOf(first));
    }

    Object constructs(Object first) {
      return new ArrayList<>(calls > 0 ? List.of() : first == null ? List.of(1) : List.of(2));
    }

    synchronized Object locks(Object first) {
      synchronized (this) {
        return (Supplier<Object>) () -> first;
      }
    }

    void returnsNothing(Object first) {
      calls += first == null ? 1 : 2;
    }

    static Object ofNoInstance(Object first) {
      return first;
    }

    Object takesANumber(int first) {
      return first;
    }
  }

  @Test
  void weave_everyShape_verifies() throws Exception {
    List<Hook> hooks = new ArrayList<>();
    for (String name :
        List.of("loopAtTheStart", "manyReturns", "catches", "throwsOnly", "constructs", "locks")) {
      hooks.add(hook(name, 1, 1, true));
    }
    hooks.add(hook("wideLocals", 2, 2, true));
    hooks.add(hook("returnsNothing", 1, 1, false));

    byte[] woven = Weaver.weave(classFile(), hooks);

    assertThat(woven).isNotNull();
    Class<?> verified = Class.forName(Shapes.class.getName(), true, new Defining(woven));
    assertThat(verified).isNotSameAs(Shapes.class);
    assertThat(verified.getDeclaredMethods()).hasSameSizeAs(Shapes.class.getDeclaredMethods());
    assertThat(verified.getDeclaredFields()).hasSameSizeAs(Shapes.class.getDeclaredFields());
  }

  @Test
  void weave_withoutReplacedArguments_verifies() throws Exception {
    byte[] woven =
        Weaver.weave(
            classFile(),
            List.of(hook("loopAtTheStart", 1, 0, true), hook("returnsNothing", 1, 0, false)));

    assertThat(Class.forName(Shapes.class.getName(), true, new Defining(woven))).isNotNull();
  }

  @Test
  void weave_methodsThatAreNoDoors_nothing() throws IOException {
    assertThat(
            Weaver.weave(
                classFile(),
                List.of(
                    hook("ofNoInstance", 1, 0, true),
                    hook("takesANumber", 1, 0, true),
                    hook("returnsNothing", 1, 0, true),
                    hook("loopAtTheStart", 2, 0, true),
                    hook("absent", 1, 0, true))))
        .isNull();
  }

  private static Hook hook(String method, int parameters, int replaced, boolean leaves) {
    return new Hook(Shapes.class.getName(), method, parameters, replaced, leaves, "advice");
  }

  private static byte[] classFile() throws IOException {
    String name = Shapes.class.getName().replace('.', '/') + ".class";
    try (InputStream in = WeaverTest.class.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static final class Defining extends ClassLoader {
    private final byte[] woven;

    Defining(byte[] woven) {
      super(WeaverTest.class.getClassLoader());
      this.woven = woven;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (!name.equals(Shapes.class.getName())) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? defineClass(name, woven, 0, woven.length) : loaded;
      }
    }
  }
}
