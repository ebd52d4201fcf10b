package org.kt4j.imagelevel;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.kt4j.data.Picture;

/** A picture with lines of text below it. */
public final class CaptionedPicture {

  private static final int LINE = 18;
  private static final int NARROWEST = 240;

  private CaptionedPicture() {}

  /** Draws it. */
  public static BufferedImage of(Picture picture, List<String> lines) {
    BufferedImage original = picture.image();
    BufferedImage drawn =
        new BufferedImage(
            Math.max(NARROWEST, original.getWidth()),
            original.getHeight() + LINE * lines.size() + LINE / 3,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, drawn.getWidth(), drawn.getHeight());
    graphics.drawImage(original, 0, 0, null);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, LINE * 2 / 3));
    graphics.setColor(Color.BLACK);
    int baseline = original.getHeight() + LINE * 3 / 4;
    for (String line : lines) {
      graphics.drawString(line, 4, baseline);
      baseline += LINE;
    }
    graphics.dispose();
    return drawn;
  }
}
