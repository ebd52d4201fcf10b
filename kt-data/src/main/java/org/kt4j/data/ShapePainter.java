package org.kt4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Paints one image of {@code shapes}: a cluttered ground, one coloured and textured silhouette
 * turned, sheared and placed at random, something in front of it, uneven light and noise; or a
 * {@link ShapeScene} with several of them. Plain arithmetic that is the same on every machine: no
 * graphics library, {@link StrictMath} only.
 */
final class ShapePainter {

  /** Points per pixel and axis at which an outline is sampled. */
  private static final int SAMPLES = 3;

  /** Shapes are turned by up to this angle to either side, in radians: 40 degrees. */
  private static final double TURN = 40 * Math.PI / 180;

  /** How often a place is drawn for each silhouette of a scene before all become smaller. */
  private static final int ATTEMPTS = 50;

  private static final Silhouette[] SILHOUETTES = Silhouette.values();

  /** The share of shapes whose colour hints at their class. */
  private static final double HINTED = 0.6;

  private final int height;
  private final int width;
  // Coordinates count in units of the shorter side.
  private final int unit;
  private final double tall;
  private final double wide;
  private final SplittableRandom random;
  private final float[] canvas; // [height, width, 3], 0 to 1

  private ShapePainter(int height, int width, SplittableRandom random) {
    this.height = height;
    this.width = width;
    this.unit = Math.min(height, width);
    this.tall = (double) height / unit;
    this.wide = (double) width / unit;
    this.random = random;
    this.canvas = new float[height * width * 3];
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
    ShapePainter painter = new ShapePainter(size, size, random);
    painter.ground(3, 2, SILHOUETTES);
    double[] colour = painter.shape(label);
    painter.occlude(colour);
    return painter.develop();
  }

  /**
   * Paints several silhouettes on one ground.
   *
   * @param height rows
   * @param width columns
   * @param silhouettes what is painted, the hindmost first
   * @param distractors what may stick out from behind the edges without being one of the objects
   * @param random what every choice is drawn from
   */
  static ShapeScene scene(
      int height,
      int width,
      List<Silhouette> silhouettes,
      Silhouette[] distractors,
      SplittableRandom random) {
    ShapePainter painter = new ShapePainter(height, width, random);
    painter.ground(5, 3, distractors);
    List<Placement> places = painter.places(silhouettes);
    List<ShapeScene.Shape> shapes = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      painter.shape(silhouettes.get(i), places.get(i));
      shapes.add(painter.bounds(silhouettes.get(i), places.get(i)));
    }
    painter.occludeSlightly();
    return new ShapeScene(height, width, painter.develop(), shapes);
  }

  /**
   * Places that hardly overlap. Where the radii that were drawn do not fit, all are drawn anew and
   * a little smaller.
   */
  private List<Placement> places(List<Silhouette> silhouettes) {
    for (double scale = 1; ; scale *= 0.95) {
      List<Placement> places = new ArrayList<>();
      List<ShapeScene.Shape> taken = new ArrayList<>();
      int attempts = ATTEMPTS * silhouettes.size();
      while (places.size() < silhouettes.size() && attempts-- > 0) {
        Silhouette silhouette = silhouettes.get(places.size());
        double radius = scale * uniform(0.1, 0.29);
        Placement place =
            new Placement(
                uniform(radius, wide - radius),
                uniform(radius, tall - radius),
                radius,
                uniform(0.8, 1),
                random);
        ShapeScene.Shape shape = bounds(silhouette, place);
        if (taken.stream().noneMatch(other -> other.hides(shape))) {
          places.add(place);
          taken.add(shape);
        }
      }
      if (places.size() == silhouettes.size()) {
        return places;
      }
    }
  }

  /** A two-colour ground with lines, blobs and pieces of other shapes at its edges. */
  private void ground(int mostBlobsAndLines, int mostDistractors, Silhouette[] others) {
    double[] first = muted(colour());
    // A ground of two close colours: its own pattern must not drown the shape.
    fillAll(new Texture(first, between(first, muted(colour()), uniform(0.15, 0.5)), random));
    int blobs = between(0, mostBlobsAndLines);
    for (int blob = 0; blob < blobs; blob++) {
      Placement place =
          new Placement(
              uniform(0, wide), uniform(0, tall), uniform(0.05, 0.2), uniform(0.5, 1), random);
      stamp(Silhouette.CIRCLE, place, new Texture(colour(), colour(), random), uniform(0.3, 0.9));
    }
    int lines = between(0, mostBlobsAndLines);
    for (int line = 0; line < lines; line++) {
      line(uniform(0.5, 1.3) * unit / 32, colour(), uniform(0.4, 1));
    }
    int distractors = between(0, mostDistractors);
    for (int distractor = 0; distractor < distractors; distractor++) {
      // Centred close to an edge, so that only a part is seen; smaller than the shape that counts.
      double along = uniform(0, 1);
      double across = uniform(-0.05, 0.1);
      boolean far = DrawKey.below(random, 2) == 1;
      boolean vertical = DrawKey.below(random, 2) == 1;
      double edge = far ? (vertical ? wide : tall) - across : across;
      Placement place =
          new Placement(
              vertical ? edge : along * wide,
              vertical ? along * tall : edge,
              uniform(0.1, 0.18),
              uniform(0.8, 1.2),
              random);
      Silhouette other = others[DrawKey.below(random, others.length)];
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
    return shape(SILHOUETTES[label], place);
  }

  /** Paints a silhouette in colours that differ from what it covers; returns its main colour. */
  private double[] shape(Silhouette silhouette, Placement place) {
    int label = Arrays.asList(SILHOUETTES).indexOf(silhouette);
    double[] under = meanColour(place);
    double[] first = leaning(label);
    double[] second = colour();
    while (distance(first, under) < 0.45) {
      first = leaning(label);
    }
    while (distance(second, under) < 0.4) {
      second = colour();
    }
    stamp(silhouette, place, new Texture(first, second, random), uniform(0.8, 1));
    return first;
  }

  /** One or two bars or blobs over the shape, in colours that may be its own. */
  private void occlude(double[] shapeColour) {
    int pieces = between(0, 1);
    for (int piece = 0; piece < pieces; piece++) {
      double[] tint = DrawKey.below(random, 4) == 0 ? shapeColour : colour();
      if (DrawKey.below(random, 2) == 0) {
        line(uniform(1.5, 3.5) * unit / 32, tint, 1);
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

  /** Up to two thin bars or small blobs somewhere in a scene: none can hide an object. */
  private void occludeSlightly() {
    int pieces = between(0, 2);
    for (int piece = 0; piece < pieces; piece++) {
      if (DrawKey.below(random, 2) == 0) {
        line(uniform(0.4, 0.9) * unit / 32, colour(), 1);
      } else {
        Placement place =
            new Placement(
                uniform(0, wide), uniform(0, tall), uniform(0.02, 0.05), uniform(0.6, 1), random);
        stamp(Silhouette.CIRCLE, place, new Texture(colour(), colour(), random), 1);
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
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double light =
            brightness + slopeX * ((x + 0.5) / width - 0.5) + slopeY * ((y + 0.5) / height - 0.5);
        for (int channel = 0; channel < 3; channel++) {
          int at = (y * width + x) * 3 + channel;
          double value = 0.5 + (canvas[at] - 0.5) * contrast + light + noise * bell();
          image[at] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
        }
      }
    }
    return image;
  }

  private void fillAll(Texture texture) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        texture.blendInto(canvas, (y * width + x) * 3, (x + 0.5) / unit, (y + 0.5) / unit, 1);
      }
    }
  }

  /** Paints a silhouette; its outline is sampled {@link #SAMPLES}² times a pixel. */
  private void stamp(Silhouette silhouette, Placement place, Texture texture, double opacity) {
    Span columns = columns(place);
    Span rows = rows(place);
    for (int y = rows.first; y <= rows.last; y++) {
      for (int x = columns.first; x <= columns.last; x++) {
        int hits = hits(silhouette, place, x, y);
        if (hits > 0) {
          double coverage = opacity * hits / (SAMPLES * SAMPLES);
          texture.blendInto(
              canvas, (y * width + x) * 3, (x + 0.5) / unit, (y + 0.5) / unit, coverage);
        }
      }
    }
  }

  /** How many of the points of a pixel, {@link #SAMPLES}², lie in a silhouette. */
  private int hits(Silhouette silhouette, Placement place, int x, int y) {
    int hits = 0;
    for (int sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      double px = (x + (sample % SAMPLES + 0.5) / SAMPLES) / unit - place.centreX;
      int sampleRow = sample / SAMPLES;
      double py = (y + (sampleRow + 0.5) / SAMPLES) / unit - place.centreY;
      if (silhouette.contains(place.xx * px + place.xy * py, place.yx * px + place.yy * py)) {
        hits++;
      }
    }
    return hits;
  }

  /** The smallest box around the pixels that a silhouette covers by more than half. */
  private ShapeScene.Shape bounds(Silhouette silhouette, Placement place) {
    Span columns = columns(place);
    Span rows = rows(place);
    int left = width;
    int right = 0;
    int top = height;
    int bottom = 0;
    for (int y = rows.first; y <= rows.last; y++) {
      for (int x = columns.first; x <= columns.last; x++) {
        if (2 * hits(silhouette, place, x, y) > SAMPLES * SAMPLES) {
          left = Math.min(left, x);
          right = Math.max(right, x + 1);
          top = Math.min(top, y);
          bottom = y + 1;
        }
      }
    }
    return new ShapeScene.Shape(silhouette, left, top, right, bottom);
  }

  /** The columns in which a silhouette can be: shear and corners reach past the radius. */
  private Span columns(Placement place) {
    return Span.of(place.centreX, 1.3 * place.radius, unit, width);
  }

  /** The rows in which a silhouette can be. */
  private Span rows(Placement place) {
    return Span.of(place.centreY, 1.3 * place.radius, unit, height);
  }

  /** Pixels from the first to the last of a side. */
  private record Span(int first, int last) {
    static Span of(double centre, double reach, int unit, int length) {
      return new Span(
          Math.max(0, (int) Math.floor((centre - reach) * unit)),
          Math.min(length - 1, (int) Math.ceil((centre + reach) * unit)));
    }
  }

  /** A straight line through the whole image. */
  private void line(double widthInPixels, double[] tint, double opacity) {
    double angle = uniform(0, Math.PI);
    double normalX = StrictMath.cos(angle);
    double normalY = StrictMath.sin(angle);
    double throughX = uniform(0.1 * wide, 0.9 * wide);
    double throughY = uniform(0.1 * tall, 0.9 * tall);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double away =
            Math.abs(
                    normalX * ((x + 0.5) / unit - throughX)
                        + normalY * ((y + 0.5) / unit - throughY))
                * unit;
        double coverage = opacity * Math.max(0, Math.min(1, widthInPixels / 2 + 0.5 - away));
        if (coverage > 0) {
          blend(canvas, (y * width + x) * 3, tint, coverage);
        }
      }
    }
  }

  /** The mean colour of what is under a shape's bounding square. */
  private double[] meanColour(Placement place) {
    double[] sum = new double[3];
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (Math.abs((x + 0.5) / unit - place.centreX) < place.radius
            && Math.abs((y + 0.5) / unit - place.centreY) < place.radius) {
          for (int channel = 0; channel < 3; channel++) {
            sum[channel] += canvas[(y * width + x) * 3 + channel];
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
