package org.kt4j.data;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.kt4j.data.file.AtomicFiles;

/**
 * A picture of a data set for people: one row per class with its name and number of images, and the
 * first images of the class.
 */
public final class ContactSheet {

  /** Images are enlarged by a whole factor until their longer side is about this long. */
  private static final int CELL = 80;

  private static final int GAP = 6;
  private static final int MARGIN = 18;
  private static final Color PAPER = new Color(0xFAFAF7);
  private static final Color INK = new Color(0x22262B);
  private static final Color FAINT = new Color(0x7A828C);

  private static final int ROWS = 20;
  private static final int COLUMNS = 12;

  private ContactSheet() {}

  /** Writes a sheet of the first {@value #ROWS} classes with {@value #COLUMNS} images each. */
  public static void write(ImageDataset data, Path png) {
    write(data, ROWS, COLUMNS, png);
  }

  /**
   * Writes the sheet beside its place and renames it.
   *
   * @param data the images
   * @param rows how many classes to show at most, from the first
   * @param columns images per class
   * @param png the file; its folder must exist
   * @throws DataException when the sheet cannot be drawn or written
   */
  public static void write(ImageDataset data, int rows, int columns, Path png) {
    if (rows < 1 || columns < 1 || rows > 1_000 || columns > 100) {
      throw new DataException(
          "contact sheet: "
              + rows
              + " rows and "
              + columns
              + " columns are not allowed; allowed: 1 to 1000 rows, 1 to 100 columns");
    }
    BufferedImage sheet;
    try {
      sheet = draw(data, Math.min(rows, data.classes().size()), columns);
    } catch (RuntimeException | LinkageError | InternalError e) {
      // A Java runtime without any font fails here in several ways.
      throw new DataException(
          png + ": the sheet cannot be drawn: " + e + "; fix: install a font (fontconfig, DejaVu)",
          e);
    }
    try {
      byte[] content = PngBytes.of(sheet);
      AtomicFiles.write(png, beside -> Files.write(beside, content));
    } catch (IOException e) {
      throw new DataException(
          png
              + ": cannot be written: "
              + ReadFault.reason(e)
              + "; fix: name a file in a folder that exists",
          e);
    }
  }

  private static BufferedImage draw(ImageDataset data, int rows, int columns) {
    ImageShape shape = data.shape();
    int longer = Math.max(shape.height(), shape.width());
    double scale = longer <= CELL ? Math.max(1, Math.round((double) CELL / longer)) : 1;
    int cellWidth = (int) Math.round(shape.width() * scale);
    int cellHeight = Math.max((int) Math.round(shape.height() * scale), 34);
    Font title = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    Font label = new Font(Font.SANS_SERIF, Font.PLAIN, 16);
    Font small = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    int labelWidth = labelWidth(data, rows, label);
    int header = 54;
    String heading = data.name();
    String facts = facts(data, rows);
    int width =
        Math.max(
            2 * MARGIN + labelWidth + columns * (cellWidth + GAP) - GAP,
            2 * MARGIN + Math.max(textWidth(title, heading), textWidth(small, facts)));
    int height = header + MARGIN + rows * (cellHeight + GAP);
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
      graphics.setColor(PAPER);
      graphics.fillRect(0, 0, width, height);
      graphics.setColor(INK);
      graphics.setFont(title);
      graphics.drawString(heading, MARGIN, 28);
      graphics.setColor(FAINT);
      graphics.setFont(small);
      graphics.drawString(facts, MARGIN, 45);
      int[] counts = data.classCounts();
      for (int row = 0; row < rows; row++) {
        int top = header + 4 + row * (cellHeight + GAP);
        graphics.setColor(INK);
        graphics.setFont(label);
        int middle = top + cellHeight / 2;
        graphics.drawString(data.classes().get(row), MARGIN, middle - 1);
        graphics.setColor(FAINT);
        graphics.setFont(small);
        graphics.drawString(
            counts[row] + (counts[row] == 1 ? " image" : " images"), MARGIN, middle + 14);
        int column = 0;
        for (int index : firstOf(data, row, columns)) {
          int left = MARGIN + labelWidth + column++ * (cellWidth + GAP);
          graphics.drawImage(
              picture(data, index),
              left,
              top,
              cellWidth,
              (int) Math.round(shape.height() * scale),
              null);
        }
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private static String facts(ImageDataset data, int rows) {
    int classes = data.classes().size();
    return data.size()
        + " images of "
        + data.shape()
        + (rows < classes
            ? ", " + rows + " of " + classes + " classes"
            : ", " + classes + " classes");
  }

  private static int labelWidth(ImageDataset data, int rows, Font font) {
    List<String> shown = data.classes().subList(0, rows);
    int widest = shown.stream().mapToInt(name -> textWidth(font, name)).max().orElse(0);
    return Math.max(widest, 76) + 16;
  }

  private static int textWidth(Font font, String text) {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      FontMetrics metrics = graphics.getFontMetrics(font);
      return metrics.stringWidth(text);
    } finally {
      graphics.dispose();
    }
  }

  private static int[] firstOf(ImageDataset data, int label, int count) {
    return IntStream.range(0, data.size())
        .filter(index -> data.label(index) == label)
        .limit(count)
        .toArray();
  }

  private static BufferedImage picture(ImageDataset data, int index) {
    ImageShape shape = data.shape();
    byte[] pixels = new byte[shape.bytes()];
    data.copyImage(index, pixels, 0);
    BufferedImage picture =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int at = (y * shape.width() + x) * shape.channels();
        int red = pixels[at] & 0xFF;
        int green = shape.channels() == 3 ? pixels[at + 1] & 0xFF : red;
        int blue = shape.channels() == 3 ? pixels[at + 2] & 0xFF : red;
        picture.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return picture;
  }
}
