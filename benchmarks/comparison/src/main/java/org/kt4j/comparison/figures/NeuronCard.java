package org.kt4j.comparison.figures;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.kt4j.data.DataException;
import org.kt4j.data.ImageShape;

/**
 * Draws one neuron: a row of pictures, and below it a row of heat maps for the teacher, the student
 * before and the student after. A heat map lies over the picture in grey; within a row all are
 * coloured by one scale, from 0 to the largest activation of the row.
 */
final class NeuronCard {

  /**
   * Small pictures are enlarged by a whole factor until their longer side is at least this long.
   */
  private static final int SMALLEST_SIDE = 112;

  private static final int LARGEST_SIDE = 160;

  /** How much of the grey picture the colour covers: where nothing happens, the picture shows. */
  private static final double LEAST_COVER = 0.55;

  private static final double MOST_COVER = 0.8;

  private static final int GAP = 6;
  private static final int MARGIN = 20;
  private static final int HEADER = 62;
  private static final int LABEL = 38;
  private static final int FOOTER = 44;
  private static final Color PAPER = new Color(0xFAFAF7);
  private static final Color INK = new Color(0x22262B);
  private static final Color FAINT = new Color(0x5C646E);
  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 24);
  private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 18);

  private final ExcitedNeuron neuron;
  private final ImageShape shape;
  private final int tileWidth;
  private final int tileHeight;

  private NeuronCard(ExcitedNeuron neuron, ImageShape shape) {
    this.neuron = neuron;
    this.shape = shape;
    int longer = Math.max(shape.height(), shape.width());
    double scale =
        longer < SMALLEST_SIDE
            ? Math.ceil((double) SMALLEST_SIDE / longer)
            : Math.min(1, (double) LARGEST_SIDE / longer);
    tileWidth = (int) Math.round(scale * shape.width());
    tileHeight = (int) Math.round(scale * shape.height());
  }

  /**
   * The card of one neuron.
   *
   * @param shape of the pictures
   * @param layer the teacher's tap
   * @throws DataException when this Java runtime has no font
   */
  static BufferedImage draw(ExcitedNeuron neuron, ImageShape shape, String layer) {
    try {
      return new NeuronCard(neuron, shape).drawn(layer);
    } catch (RuntimeException | LinkageError | InternalError e) {
      // Without any font it fails in several ways.
      throw new DataException(
          "heat maps cannot be drawn: " + e + "; fix: install a font (fontconfig, DejaVu)", e);
    }
  }

  /** Cards of one size, side by side in about as many rows as columns. */
  static BufferedImage sheet(List<BufferedImage> cards) {
    int columns = (int) Math.ceil(Math.sqrt(cards.size()));
    int rows = (cards.size() + columns - 1) / columns;
    int width = cards.get(0).getWidth();
    int height = cards.get(0).getHeight();
    BufferedImage sheet =
        new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setColor(PAPER);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      for (int i = 0; i < cards.size(); i++) {
        graphics.drawImage(cards.get(i), i % columns * width, i / columns * height, null);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private BufferedImage drawn(String layer) {
    int columns = neuron.sights().size();
    int rows = 1 + NeuronSet.values().length;
    BufferedImage card =
        new BufferedImage(
            Math.max(620, 2 * MARGIN + columns * (tileWidth + GAP) - GAP),
            HEADER + rows * (LABEL + tileHeight) + FOOTER + MARGIN,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = card.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(PAPER);
      graphics.fillRect(0, 0, card.getWidth(), card.getHeight());
      NeuronMatch match = neuron.match();
      text(graphics, TITLE, INK, "Neuron " + match.neuron().channel() + " of " + layer, 36);
      text(
          graphics,
          TEXT,
          FAINT,
          String.format(
              Locale.ROOT,
              "these pictures excite it %.1f times as much as the average one",
              match.selectivity()),
          60);
      int top = HEADER;
      pictures(graphics, top);
      for (NeuronSet set : NeuronSet.values()) {
        top += LABEL + tileHeight;
        text(graphics, TEXT, INK, label(set), top + LABEL - 9);
        for (int i = 0; i < columns; i++) {
          graphics.drawImage(overlay(set, neuron.sights().get(i)), left(i), top + LABEL, null);
        }
      }
      scale(graphics, top + LABEL + tileHeight + 16);
    } finally {
      graphics.dispose();
    }
    return card;
  }

  private String label(NeuronSet set) {
    NeuronMatch match = neuron.match();
    return switch (set) {
      case TEACHER -> "teacher";
      case BEFORE -> label(set, match.before(), match.similarityBefore());
      case AFTER -> label(set, match.after(), match.similarityAfter());
    };
  }

  private static String label(NeuronSet set, Neuron own, double similarity) {
    return String.format(
        Locale.ROOT, "%s: neuron %d, cosine %.2f", set.words(), own.channel(), similarity);
  }

  private void pictures(Graphics2D graphics, int top) {
    for (int i = 0; i < neuron.sights().size(); i++) {
      ExcitedNeuron.Sight sight = neuron.sights().get(i);
      graphics.setClip(left(i), top, tileWidth, LABEL);
      graphics.setFont(TEXT);
      graphics.setColor(FAINT);
      graphics.drawString(sight.className(), left(i), top + LABEL - 9);
      graphics.setClip(null);
      graphics.drawImage(picture(sight), left(i), top + LABEL, null);
    }
  }

  /** The colours with what they mean. */
  private void scale(Graphics2D graphics, int top) {
    graphics.setFont(TEXT);
    graphics.setColor(FAINT);
    graphics.drawString("0", MARGIN, top + 16);
    int left = MARGIN + 20;
    int width = 160;
    for (int x = 0; x < width; x++) {
      graphics.setColor(new Color(Viridis.rgb(x / (width - 1.0))));
      graphics.fillRect(left + x, top + 2, 1, 16);
    }
    graphics.setColor(FAINT);
    graphics.drawString("largest activation of the row", left + width + 10, top + 16);
  }

  private int left(int column) {
    return MARGIN + column * (tileWidth + GAP);
  }

  private static void text(Graphics2D graphics, Font font, Color colour, String text, int line) {
    graphics.setFont(font);
    graphics.setColor(colour);
    graphics.drawString(text, MARGIN, line);
  }

  private BufferedImage picture(ExcitedNeuron.Sight sight) {
    return tile((y, x) -> colour(sight, y, x));
  }

  private BufferedImage overlay(NeuronSet set, ExcitedNeuron.Sight sight) {
    float largest = neuron.largest(set);
    HeatMap map = sight.maps().of(set);
    return tile(
        (y, x) -> {
          double activation = map.at((y + 0.5) / tileHeight, (x + 0.5) / tileWidth);
          double share = largest > 0 ? Math.max(0, activation / largest) : 0;
          double cover = LEAST_COVER + share * (MOST_COVER - LEAST_COVER);
          return Viridis.mixed(grey(colour(sight, y, x)), Viridis.rgb(share), cover);
        });
  }

  /** The colour of a picture at a pixel of the tile. */
  private int colour(ExcitedNeuron.Sight sight, int y, int x) {
    int row = y * shape.height() / tileHeight;
    int column = x * shape.width() / tileWidth;
    int at = (row * shape.width() + column) * shape.channels();
    int red = sight.pixels()[at] & 0xFF;
    int green = shape.channels() == 3 ? sight.pixels()[at + 1] & 0xFF : red;
    int blue = shape.channels() == 3 ? sight.pixels()[at + 2] & 0xFF : red;
    return red << 16 | green << 8 | blue;
  }

  /** As bright as a colour is to the eye (ITU-R BT.601). */
  private static int grey(int rgb) {
    double luma = 0.299 * (rgb >> 16 & 0xFF) + 0.587 * (rgb >> 8 & 0xFF) + 0.114 * (rgb & 0xFF);
    return (int) Math.round(luma) * 0x010101;
  }

  private interface Colouring {
    int at(int y, int x);
  }

  private BufferedImage tile(Colouring colouring) {
    BufferedImage tile = new BufferedImage(tileWidth, tileHeight, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < tileHeight; y++) {
      for (int x = 0; x < tileWidth; x++) {
        tile.setRGB(x, y, colouring.at(y, x));
      }
    }
    return tile;
  }
}
