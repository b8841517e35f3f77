package io.tokenmeter.benchmarks.tokenizers;

import java.util.SplittableRandom;

/** JSON as services exchange it, indented or not, that never comes twice. */
final class JsonDocuments {
  private static final int DEEPEST = 3;

  private final SplittableRandom random;
  private final StringBuilder text = new StringBuilder();
  private boolean indented;

  JsonDocuments(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next documents, one behind the other, of at least so many chars. */
  String text(int chars) {
    text.setLength(0);
    while (text.length() < chars) {
      indented = random.nextInt(3) > 0;
      object(0);
      text.append('\n');
    }
    return text.toString();
  }

  private void object(int depth) {
    int members = 2 + random.nextInt(6);
    text.append('{');
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : ",");
      line(depth + 1);
      text.append('"').append(name()).append(indented ? "\": " : "\":");
      value(depth + 1);
    }
    line(depth);
    text.append('}');
  }

  private void array(int depth) {
    int elements = random.nextInt(5);
    text.append('[');
    for (int i = 0; i < elements; i++) {
      text.append(i == 0 ? "" : ",");
      line(depth + 1);
      value(depth + 1);
    }
    line(depth);
    text.append(']');
  }

  private void value(int depth) {
    switch (random.nextInt(depth < DEEPEST ? 10 : 8)) {
      case 0 -> text.append(random.nextInt(100_000));
      case 1 -> text.append(random.nextInt(100)).append('.').append(random.nextInt(1000));
      case 2 -> text.append(random.nextBoolean());
      case 3 -> text.append(random.nextInt(4) == 0 ? "null" : "0");
      case 4 ->
          text.append(
              "\"2026-%02d-%02dT%02d:%02d:00Z\""
                  .formatted(
                      1 + random.nextInt(12),
                      1 + random.nextInt(28),
                      random.nextInt(24),
                      random.nextInt(60)));
      case 5 -> text.append("\"%016x\"".formatted(random.nextLong()));
      case 6, 7 -> {
        text.append('"').append(word());
        for (int words = random.nextInt(8); words > 0; words--) {
          text.append(' ').append(word());
        }
        text.append('"');
      }
      case 8 -> object(depth);
      default -> array(depth);
    }
  }

  private String name() {
    return switch (random.nextInt(3)) {
      case 0 -> word();
      case 1 -> word() + "_" + word();
      default -> {
        String second = word();
        yield word() + Character.toUpperCase(second.charAt(0)) + second.substring(1);
      }
    };
  }

  private String word() {
    String[] stock = Language.ENGLISH.stock();
    double rank = random.nextDouble();
    return stock[(int) (rank * rank * stock.length)];
  }

  private void line(int depth) {
    if (indented) {
      text.append('\n').append("  ".repeat(depth));
    }
  }
}
