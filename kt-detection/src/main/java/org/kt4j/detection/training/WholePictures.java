package org.kt4j.detection.training;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.detection.data.LabelledBox;

/**
 * The pictures of a detector as labelled images: scaled and padded as the detector sees them. The
 * class of a picture is that of its largest object, or {@value #NONE} where it holds none.
 *
 * @param pictures of a data set
 * @param shape that a detector sees
 */
record WholePictures(ScaledPictures pictures, ImageShape shape) implements ImageDataset {

  private static final String NONE = "no object";

  @Override
  public String name() {
    return pictures.data().name();
  }

  @Override
  public List<String> classes() {
    return Stream.concat(pictures.data().classes().stream(), Stream.of(NONE)).toList();
  }

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public int label(int index) {
    return pictures.data().objects(index).stream()
        .max(Comparator.comparingDouble(object -> object.box().area()))
        .map(LabelledBox::label)
        .orElse(pictures.data().classes().size());
  }

  @Override
  public void copyImage(int index, byte[] target, int offset) {
    System.arraycopy(pictures.picture(index).pixels(), 0, target, offset, shape.bytes());
  }
}
