package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.LabelledBox;

/** Plain rectangles of two colours on noise: as easy as detection gets. */
record PaintedBoxes(int size, int height, int width, long seed) implements DetectionDataset {

  @Override
  public String name() {
    return "painted boxes";
  }

  @Override
  public List<String> classes() {
    return List.of("red", "blue");
  }

  @Override
  public String picture(int index) {
    return "picture-" + index;
  }

  @Override
  public List<LabelledBox> objects(int index) {
    Random random = new Random(seed + index);
    List<LabelledBox> objects = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      double side = 24 + random.nextInt(20);
      double other = 24 + random.nextInt(20);
      double left = i * width / 2.0 + random.nextInt((int) (width / 2.0 - side));
      double top = random.nextInt((int) (height - other));
      objects.add(
          new LabelledBox(new Box(left, top, left + side, top + other), random.nextInt(2), false));
    }
    return objects;
  }

  @Override
  public Picture pixels(int index) {
    Random random = new Random(seed + index);
    byte[] values = new byte[height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (100 + random.nextInt(40));
    }
    for (LabelledBox object : objects(index)) {
      for (int y = (int) object.box().yMin(); y < object.box().yMax(); y++) {
        for (int x = (int) object.box().xMin(); x < object.box().xMax(); x++) {
          values[(y * width + x) * 3] = (byte) (object.label() == 0 ? 220 : 20);
          values[(y * width + x) * 3 + 2] = (byte) (object.label() == 0 ? 20 : 220);
        }
      }
    }
    return new Picture(height, width, values);
  }
}
