package org.kt4j.detection.drawing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.data.DataException;
import org.kt4j.data.PngBytes;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.evaluation.Detection;

/** The first pictures of a data set with the boxes of their objects, on one sheet. */
public final class LabelledSheet {

  private static final int COLUMNS = 4;
  private static final int ROWS = 6;
  private static final int CELL = 240;
  private static final int GAP = 6;

  private LabelledSheet() {}

  /**
   * Draws a sheet.
   *
   * @param file a PNG file; replaced when it is there
   * @throws DataException when it cannot be written
   */
  public static void write(DetectionDataset data, Path file) {
    int count = Math.min(COLUMNS * ROWS, data.size());
    int rows = Math.max(1, (count + COLUMNS - 1) / COLUMNS);
    BufferedImage sheet =
        new BufferedImage(
            COLUMNS * (CELL + GAP) + GAP, rows * (CELL + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    for (int i = 0; i < count; i++) {
      List<Detection> objects =
          data.objects(i).stream()
              .map(object -> new Detection(object.box(), object.label(), 1))
              .toList();
      BufferedImage picture = new DrawnDetections(data.pixels(i), objects, data.classes()).drawn();
      double scale = Math.min(1.0 * CELL / picture.getWidth(), 1.0 * CELL / picture.getHeight());
      graphics.drawImage(
          picture,
          GAP + i % COLUMNS * (CELL + GAP),
          GAP + i / COLUMNS * (CELL + GAP),
          (int) Math.max(1, scale * picture.getWidth()),
          (int) Math.max(1, scale * picture.getHeight()),
          null);
    }
    graphics.dispose();
    try {
      byte[] content = PngBytes.of(sheet);
      AtomicFiles.write(file, unfinished -> Files.write(unfinished, content));
    } catch (IOException e) {
      throw new DataException(file + ": the sheet cannot be written: " + ReadFault.reason(e), e);
    }
  }
}
