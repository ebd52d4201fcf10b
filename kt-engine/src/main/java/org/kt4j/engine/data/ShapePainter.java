package org.kt4j.engine.data;

import java.util.SplittableRandom;

/**
 * Paints one image of {@code shapes}: a cluttered ground, one coloured and textured silhouette
 * turned, sheared and placed at random, something in front of it, uneven light and noise. Plain
 * arithmetic that is the same on every machine: no graphics library, {@link StrictMath} only.
 */
final class ShapePainter {

  /** Points per pixel and axis at which an outline is sampled. */
  private static final int SAMPLES = 3;

  /** Shapes are turned by up to this angle to either side, in radians: 40 degrees. */
  private static final double TURN = 40 * Math.PI / 180;

  private static final Silhouette[] SILHOUETTES = Silhouette.values();

  /** The share of shapes whose colour hints at their class. */
  private static final double HINTED = 0.6;

  private final int size;
  private final SplittableRandom random;
  private final float[] canvas; // [size, size, 3], 0 to 1

  private ShapePainter(int size, SplittableRandom random) {
    this.size = size;
    this.random = random;
    this.canvas = new float[size * size * 3];
  }

  /**
   * Paints an image.
   *
   * @param label the silhouette, by its place among {@link Silhouette#values()}
   * @param size height and width
   * @param random what every choice is drawn from
   * @return uint8, {@code [size, size, 3]}
   */
  static byte[] paint(int label, int size, SplittableRandom random) {
    ShapePainter painter = new ShapePainter(size, random);
    painter.ground();
    double[] colour = painter.shape(label);
    painter.occlude(colour);
    return painter.develop();
  }

  /** A two-colour ground with lines, blobs and pieces of other shapes at its edges. */
  private void ground() {
    double[] first = muted(colour());
    // A ground of two close colours: its own pattern must not drown the shape.
    fillAll(new Texture(first, between(first, muted(colour()), uniform(0.15, 0.5)), random));
    int blobs = between(0, 3);
    for (int blob = 0; blob < blobs; blob++) {
      Placement place =
          new Placement(uniform(0, 1), uniform(0, 1), uniform(0.05, 0.2), uniform(0.5, 1), random);
      stamp(Silhouette.CIRCLE, place, new Texture(colour(), colour(), random), uniform(0.3, 0.9));
    }
    int lines = between(0, 3);
    for (int line = 0; line < lines; line++) {
      line(uniform(0.5, 1.3) * size / 32, colour(), uniform(0.4, 1));
    }
    int distractors = between(0, 2);
    for (int distractor = 0; distractor < distractors; distractor++) {
      // Centred close to an edge, so that only a part is seen; smaller than the shape that counts.
      double along = uniform(0, 1);
      double across = uniform(-0.05, 0.1);
      boolean far = DrawKey.below(random, 2) == 1;
      boolean vertical = DrawKey.below(random, 2) == 1;
      double edge = far ? 1 - across : across;
      Placement place =
          new Placement(
              vertical ? edge : along,
              vertical ? along : edge,
              uniform(0.1, 0.18),
              uniform(0.8, 1.2),
              random);
      Silhouette other = SILHOUETTES[DrawKey.below(random, SILHOUETTES.length)];
      stamp(other, place, new Texture(colour(), colour(), random), 1);
    }
  }

  /** The silhouette that gives the label; returns its main colour. */
  private double[] shape(int label) {
    double radius = uniform(0.27, 0.42);
    double reach = 0.5 - 0.75 * radius;
    Placement place =
        new Placement(
            0.5 + uniform(-reach, reach) * 0.8,
            0.5 + uniform(-reach, reach) * 0.8,
            radius,
            uniform(0.8, 1.0),
            random);
    double[] under = meanColour(place);
    double[] first = leaning(label);
    double[] second = colour();
    while (distance(first, under) < 0.45) {
      first = leaning(label);
    }
    while (distance(second, under) < 0.4) {
      second = colour();
    }
    stamp(SILHOUETTES[label], place, new Texture(first, second, random), uniform(0.8, 1));
    return first;
  }

  /** One or two bars or blobs over the shape, in colours that may be its own. */
  private void occlude(double[] shapeColour) {
    int pieces = between(0, 1);
    for (int piece = 0; piece < pieces; piece++) {
      double[] tint = DrawKey.below(random, 4) == 0 ? shapeColour : colour();
      if (DrawKey.below(random, 2) == 0) {
        line(uniform(1.5, 3.5) * size / 32, tint, 1);
      } else {
        Placement place =
            new Placement(
                uniform(0.2, 0.8), uniform(0.2, 0.8), uniform(0.07, 0.14), uniform(0.6, 1), random);
        Silhouette piecesShape =
            DrawKey.below(random, 2) == 0 ? Silhouette.CIRCLE : Silhouette.SQUARE;
        stamp(piecesShape, place, new Texture(tint, colour(), random), 1);
      }
    }
  }

  /** Light, contrast and noise, then bytes. */
  private byte[] develop() {
    double contrast = uniform(0.7, 1.1);
    double brightness = uniform(-0.12, 0.12);
    double slopeX = uniform(-0.15, 0.15);
    double slopeY = uniform(-0.15, 0.15);
    double noise = uniform(0.01, 0.06);
    byte[] image = new byte[canvas.length];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double light =
            brightness + slopeX * ((x + 0.5) / size - 0.5) + slopeY * ((y + 0.5) / size - 0.5);
        for (int channel = 0; channel < 3; channel++) {
          int at = (y * size + x) * 3 + channel;
          double value = 0.5 + (canvas[at] - 0.5) * contrast + light + noise * bell();
          image[at] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
        }
      }
    }
    return image;
  }

  private void fillAll(Texture texture) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        texture.blendInto(canvas, (y * size + x) * 3, (x + 0.5) / size, (y + 0.5) / size, 1);
      }
    }
  }

  /** Paints a silhouette; its outline is sampled {@link #SAMPLES}² times a pixel. */
  private void stamp(Silhouette silhouette, Placement place, Texture texture, double opacity) {
    double reach = 1.3 * place.radius; // shear and corners reach past the radius
    int left = Math.max(0, (int) Math.floor((place.centreX - reach) * size));
    int right = Math.min(size - 1, (int) Math.ceil((place.centreX + reach) * size));
    int top = Math.max(0, (int) Math.floor((place.centreY - reach) * size));
    int bottom = Math.min(size - 1, (int) Math.ceil((place.centreY + reach) * size));
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        int hits = 0;
        for (int sample = 0; sample < SAMPLES * SAMPLES; sample++) {
          double px = (x + (sample % SAMPLES + 0.5) / SAMPLES) / size - place.centreX;
          int sampleRow = sample / SAMPLES;
          double py = (y + (sampleRow + 0.5) / SAMPLES) / size - place.centreY;
          if (silhouette.contains(place.xx * px + place.xy * py, place.yx * px + place.yy * py)) {
            hits++;
          }
        }
        if (hits > 0) {
          double coverage = opacity * hits / (SAMPLES * SAMPLES);
          texture.blendInto(
              canvas, (y * size + x) * 3, (x + 0.5) / size, (y + 0.5) / size, coverage);
        }
      }
    }
  }

  /** A straight line through the whole image. */
  private void line(double widthInPixels, double[] tint, double opacity) {
    double angle = uniform(0, Math.PI);
    double normalX = StrictMath.cos(angle);
    double normalY = StrictMath.sin(angle);
    double throughX = uniform(0.1, 0.9);
    double throughY = uniform(0.1, 0.9);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double away =
            Math.abs(
                    normalX * ((x + 0.5) / size - throughX)
                        + normalY * ((y + 0.5) / size - throughY))
                * size;
        double coverage = opacity * Math.max(0, Math.min(1, widthInPixels / 2 + 0.5 - away));
        if (coverage > 0) {
          blend(canvas, (y * size + x) * 3, tint, coverage);
        }
      }
    }
  }

  /** The mean colour of what is under a shape's bounding square. */
  private double[] meanColour(Placement place) {
    double[] sum = new double[3];
    int count = 0;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        if (Math.abs((x + 0.5) / size - place.centreX) < place.radius
            && Math.abs((y + 0.5) / size - place.centreY) < place.radius) {
          for (int channel = 0; channel < 3; channel++) {
            sum[channel] += canvas[(y * size + x) * 3 + channel];
          }
          count++;
        }
      }
    }
    for (int channel = 0; channel < 3; channel++) {
      sum[channel] /= Math.max(1, count);
    }
    return sum;
  }

  private static void blend(float[] canvas, int at, double[] tint, double coverage) {
    for (int channel = 0; channel < 3; channel++) {
      canvas[at + channel] += (float) (coverage * (tint[channel] - canvas[at + channel]));
    }
  }

  private static double distance(double[] a, double[] b) {
    double squared = 0;
    for (int channel = 0; channel < 3; channel++) {
      squared += (a[channel] - b[channel]) * (a[channel] - b[channel]);
    }
    return Math.sqrt(squared);
  }

  /**
   * A colour for a silhouette: more often than not of a hue that goes with its class, as it is in
   * photographs. Without such a hint a network needs far more images before it learns anything.
   */
  private double[] leaning(int label) {
    if (DrawKey.uniform(random) > HINTED) {
      return colour();
    }
    double hue = 6 * ((label + uniform(-0.5, 1.5)) / SILHOUETTES.length + 1) % 6;
    double value = uniform(0.55, 1);
    double least = value * uniform(0, 0.45);
    double[] tint = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      double away =
          Math.abs((hue + 6 - 2 * channel) % 6 - 3); // 3 at the channel's own hue, else less
      tint[channel] = least + (value - least) * Math.max(0, Math.min(1, away - 1));
    }
    return tint;
  }

  /** A colour moved halfway to grey. */
  private static double[] muted(double[] vivid) {
    double grey = (vivid[0] + vivid[1] + vivid[2]) / 3;
    return between(vivid, new double[] {grey, grey, grey}, 0.6);
  }

  private double[] colour() {
    return new double[] {uniform(0, 1), uniform(0, 1), uniform(0, 1)};
  }

  /** The colour at a share of the way from one to another. */
  private static double[] between(double[] from, double[] to, double share) {
    double[] mixed = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      mixed[channel] = from[channel] + share * (to[channel] - from[channel]);
    }
    return mixed;
  }

  private double uniform(double from, double to) {
    return from + (to - from) * DrawKey.uniform(random);
  }

  private int between(int least, int most) {
    return least + DrawKey.below(random, most - least + 1);
  }

  /** Close to a standard normal number: the sum of four uniform ones, scaled to variance 1. */
  private double bell() {
    long bits = random.nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum / 65_536.0 - 2) * 1.7320508075688772;
  }

  /** Where a silhouette stands and how it is turned, stretched and sheared; image side 1. */
  private static final class Placement {
    final double centreX;
    final double centreY;
    final double radius;
    // The inverse map, from offsets in the image to the plane of the silhouette.
    final double xx;
    final double xy;
    final double yx;
    final double yy;

    Placement(
        double centreX, double centreY, double radius, double stretch, SplittableRandom random) {
      this.centreX = centreX;
      this.centreY = centreY;
      this.radius = radius;
      double angle = TURN * (2 * DrawKey.uniform(random) - 1);
      double shear = 0.25 * (2 * DrawKey.uniform(random) - 1);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      this.xx = (cos + shear * sin) / radius;
      this.xy = (sin - shear * cos) / radius;
      this.yx = -sin / (radius * stretch);
      this.yy = cos / (radius * stretch);
    }
  }

  /** Two colours and the pattern in which they alternate. */
  private static final class Texture {
    private final double[] first;
    private final double[] second;
    private final int pattern;
    private final double alongX;
    private final double alongY;
    private final double phase;
    private final SplittableRandom noise;

    Texture(double[] first, double[] second, SplittableRandom random) {
      this.first = first;
      this.second = second;
      this.pattern = DrawKey.below(random, 6);
      double angle = 2 * Math.PI * DrawKey.uniform(random);
      double frequency = 3 + 5 * DrawKey.uniform(random); // periods over the image
      this.alongX = StrictMath.cos(angle) * frequency;
      this.alongY = StrictMath.sin(angle) * frequency;
      this.phase = DrawKey.uniform(random);
      this.noise = DrawKey.random(random.nextLong());
    }

    void blendInto(float[] canvas, int at, double x, double y, double coverage) {
      double u = alongX * x + alongY * y + phase;
      double v = alongX * y - alongY * x + phase;
      double share = // of the second colour
          switch (pattern) {
            case 0 -> 0; // plain
            case 1 -> triangleWave(u) > 0.5 ? 0.8 : 0; // stripes
            case 2 -> triangleWave(u) * triangleWave(v) > 0.4 ? 0.9 : 0; // dots
            case 3 -> triangleWave(u / 8); // gradient
            case 4 -> 0.7 * DrawKey.uniform(noise); // grain
            default -> (triangleWave(u) > 0.5) == (triangleWave(v) > 0.5) ? 0.7 : 0; // checks
          };
      for (int channel = 0; channel < 3; channel++) {
        double value = first[channel] + share * (second[channel] - first[channel]);
        canvas[at + channel] += (float) (coverage * (value - canvas[at + channel]));
      }
    }

    /** 0 at whole numbers, 1 halfway between them. */
    private static double triangleWave(double t) {
      return 1 - Math.abs(2 * (t - Math.floor(t)) - 1);
    }
  }
}
