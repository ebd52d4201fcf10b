package org.kt4j.data;

import java.util.Locale;

/** The outlines of {@code shapes}, in a plane where each reaches about 1 from its centre. */
@SuppressWarnings("ImmutableEnumChecker") // the corners are written once, in the initializer
public enum Silhouette {
  /** A disc. */
  CIRCLE {
    @Override
    public boolean contains(double x, double y) {
      return x * x + y * y <= 0.8;
    }
  },
  /** Upright. */
  SQUARE {
    @Override
    public boolean contains(double x, double y) {
      return Math.abs(x) <= 0.76 && Math.abs(y) <= 0.76;
    }
  },
  /** Equal sides, one corner up. */
  TRIANGLE {
    private final double[] corners = regular(3, 1, 1);

    @Override
    public boolean contains(double x, double y) {
      return inside(corners, x, y);
    }
  },
  /** Five points, one of them up. */
  STAR {
    private final double[] corners = regular(10, 1, 0.45);

    @Override
    public boolean contains(double x, double y) {
      return inside(corners, x, y);
    }
  },
  /** Two bars, upright. */
  CROSS {
    @Override
    public boolean contains(double x, double y) {
      double longer = Math.max(Math.abs(x), Math.abs(y));
      double shorter = Math.min(Math.abs(x), Math.abs(y));
      return longer <= 0.92 && shorter <= 0.3;
    }
  },
  /** A disc with a hole of half its width. */
  RING {
    @Override
    public boolean contains(double x, double y) {
      double squared = x * x + y * y;
      return squared <= 0.85 && squared >= 0.25;
    }
  },
  /** Point down. */
  HEART {
    @Override
    public boolean contains(double x, double y) {
      double u = 1.2 * x;
      double v = -1.2 * y + 0.12;
      double bulge = u * u + v * v - 1;
      return bulge * bulge * bulge - u * u * v * v * v <= 0;
    }
  },
  /** Equal sides, one corner up. */
  HEXAGON {
    private final double[] corners = regular(6, 0.95, 0.95);

    @Override
    public boolean contains(double x, double y) {
      return inside(corners, x, y);
    }
  },
  /** A moon, open to the right. */
  CRESCENT {
    @Override
    public boolean contains(double x, double y) {
      double from = x - 0.42;
      return x * x + y * y <= 0.9 && from * from + y * y > 0.55;
    }
  },
  /** Pointing up. */
  ARROW {
    private final double[] corners = {
      0, -1, 0.75, -0.15, 0.3, -0.15, 0.3, 0.95, -0.3, 0.95, -0.3, -0.15, -0.75, -0.15
    };

    @Override
    public boolean contains(double x, double y) {
      return inside(corners, x, y);
    }
  };

  /** Whether a point belongs to the shape; x to the right, y down. */
  public abstract boolean contains(double x, double y);

  /** The class name: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Corners on two circles in turn, the first one at the top: x0, y0, x1, y1, ... */
  private static double[] regular(int corners, double evenRadius, double oddRadius) {
    double[] points = new double[2 * corners];
    for (int corner = 0; corner < corners; corner++) {
      double angle = 2 * Math.PI * corner / corners;
      double radius = corner % 2 == 0 ? evenRadius : oddRadius;
      points[2 * corner] = radius * StrictMath.sin(angle);
      points[2 * corner + 1] = -radius * StrictMath.cos(angle);
    }
    return points;
  }

  /**
   * Even-odd rule: a ray from the point to the right crosses the outline an odd number of times.
   */
  private static boolean inside(double[] corners, double x, double y) {
    boolean inside = false;
    int last = corners.length - 2;
    for (int corner = 0; corner < corners.length; corner += 2) {
      double x1 = corners[corner];
      double y1 = corners[corner + 1];
      double x2 = corners[last];
      double y2 = corners[last + 1];
      if ((y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) {
        inside = !inside;
      }
      last = corner;
    }
    return inside;
  }
}
