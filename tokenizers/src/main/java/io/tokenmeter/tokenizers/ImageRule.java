package io.tokenmeter.tokenizers;

/** How many tokens an image of known size costs. */
sealed interface ImageRule {
  long tokens(int width, int height, Prompt.Image.Detail detail);

  /** A rule {@code image} of the counting rules: five numbers are tiles, fewer are patches. */
  static ImageRule of(double[] numbers) {
    return numbers.length == 5
        ? new Tiles(numbers[0], numbers[1], numbers[2], (long) numbers[3], (long) numbers[4])
        : new Patches(
            numbers[0], (long) numbers[1], numbers[2], numbers.length == 4 ? numbers[3] : 0);
  }

  /**
   * The image is fitted into a square, its short side shrunk, and the rest cut into tiles; low
   * detail is the base alone.
   *
   * @param square pixels; 0 leaves the step out
   * @param shortSide pixels; 0 leaves the step out
   * @param tile pixels
   */
  record Tiles(double square, double shortSide, double tile, long base, long each)
      implements ImageRule {
    @Override
    public long tokens(int width, int height, Prompt.Image.Detail detail) {
      if (detail == Prompt.Image.Detail.LOW && base > 0) {
        return base;
      }
      double scale = 1;
      if (square > 0) {
        scale = Math.min(scale, square / Math.max(width, height));
      }
      if (shortSide > 0) {
        scale = Math.min(scale, shortSide / Math.min(width, height));
      }
      return base + each * count(width * scale, tile) * count(height * scale, tile);
    }
  }

  /**
   * The image is cut into patches. One that is too long or has too many is made smaller, so that
   * whole patches cover it in one direction.
   *
   * @param patch pixels
   * @param longest pixels of the longer side; 0 leaves the step out
   */
  record Patches(double patch, long most, double each, double longest) implements ImageRule {
    @Override
    public long tokens(int width, int height, Prompt.Image.Detail detail) {
      double scale = longest > 0 ? Math.min(1, longest / Math.max(width, height)) : 1;
      if (patches(width * scale, height * scale) > most) {
        scale = Math.min(scale, Math.sqrt(patch * patch * most / ((double) width * height)));
        double across = width * scale / patch;
        double down = height * scale / patch;
        scale *= Math.min(whole(across), whole(down));
      }
      long patches = Math.min(most, patches(width * scale, height * scale));
      return (long) Math.ceil(patches * each - 1e-9);
    }

    private long patches(double width, double height) {
      return count(width, patch) * count(height, patch);
    }

    /** By what to scale so that so many patches become a whole number; fewer than one stay. */
    private static double whole(double patches) {
      return patches < 1 ? 1 : Math.floor(patches) / patches;
    }
  }

  /** How many of these lengths cover that many pixels; a scaled length may be off by rounding. */
  private static long count(double pixels, double length) {
    return (long) Math.ceil(pixels / length - 1e-9);
  }
}
