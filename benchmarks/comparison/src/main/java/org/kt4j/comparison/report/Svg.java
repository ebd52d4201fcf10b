package org.kt4j.comparison.report;

import java.util.List;
import java.util.Locale;

/**
 * A drawing, written as text. Colours are classes of the page's style sheet, so that a drawing
 * follows it from light to dark.
 */
final class Svg {

  private final StringBuilder text = new StringBuilder();

  private Svg() {}

  /**
   * A drawing that scales with its place.
   *
   * @param description what it shows, for those who do not see it
   */
  static Svg scaled(double width, double height, String description) {
    Svg svg = new Svg();
    svg.text
        .append("<svg role=\"img\" viewBox=\"0 0 ")
        .append(number(width))
        .append(' ')
        .append(number(height))
        .append("\" aria-label=\"")
        .append(escaped(description))
        .append("\">");
    return svg;
  }

  /**
   * A drawing as wide as its place, in which x is a percentage and y a pixel; for the eye alone.
   */
  static Svg stretched(double height) {
    Svg svg = new Svg();
    svg.text
        .append("<svg aria-hidden=\"true\" width=\"100%\" height=\"")
        .append(number(height))
        .append("\">");
    return svg;
  }

  Svg line(String style, String x1, double y1, String x2, double y2) {
    text.append("<line class=\"").append(style).append("\" x1=\"").append(x1);
    text.append("\" y1=\"").append(number(y1)).append("\" x2=\"").append(x2);
    text.append("\" y2=\"").append(number(y2)).append("\"/>");
    return this;
  }

  Svg line(String style, double x1, double y1, double x2, double y2) {
    return line(style, number(x1), y1, number(x2), y2);
  }

  /** A dot; a pointer that rests on it is told what it is. */
  Svg dot(String style, String x, double y, double radius, String tip) {
    text.append("<circle class=\"").append(style).append("\" cx=\"").append(x);
    text.append("\" cy=\"").append(number(y)).append("\" r=\"").append(number(radius));
    text.append("\"><title>").append(escaped(tip)).append("</title></circle>");
    return this;
  }

  Svg label(String style, double x, double y, String label) {
    text.append("<text class=\"").append(style).append("\" x=\"").append(number(x));
    text.append("\" y=\"").append(number(y)).append("\">").append(escaped(label)).append("</text>");
    return this;
  }

  /** Straight lines from point to point. */
  Svg path(String style, List<double[]> points) {
    text.append("<polyline class=\"").append(style).append("\" points=\"");
    points.forEach(p -> text.append(number(p[0])).append(',').append(number(p[1])).append(' '));
    text.append("\"/>");
    return this;
  }

  Svg area(String style, List<double[]> points) {
    text.append("<polygon class=\"").append(style).append("\" points=\"");
    points.forEach(p -> text.append(number(p[0])).append(',').append(number(p[1])).append(' '));
    text.append("\"/>");
    return this;
  }

  String end() {
    return text.append("</svg>").toString();
  }

  static String percent(double share) {
    return number(100 * share) + "%";
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
