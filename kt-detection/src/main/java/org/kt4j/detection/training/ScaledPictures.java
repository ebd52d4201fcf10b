package org.kt4j.detection.training;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.LabelledBox;

/** The pictures of a data set as a detector sees them, kept in memory as long as there is room. */
final class ScaledPictures {

  private final DetectionDataset data;
  private final PictureScaling scaling;
  private final AtomicReferenceArray<@Nullable SoftReference<PictureScaling.Scaled>> kept;

  ScaledPictures(DetectionDataset data, PictureScaling scaling) {
    this.data = data;
    this.scaling = scaling;
    this.kept = new AtomicReferenceArray<>(data.size());
  }

  DetectionDataset data() {
    return data;
  }

  int size() {
    return data.size();
  }

  PictureScaling.Scaled picture(int index) {
    SoftReference<PictureScaling.Scaled> reference = kept.get(index);
    PictureScaling.Scaled known = reference == null ? null : reference.get();
    if (known == null) {
      known = scaling.scaled(data.pixels(index));
      kept.set(index, new SoftReference<>(known));
    }
    return known;
  }

  /** The objects in pixels of the scaled picture. */
  List<LabelledBox> objects(int index) {
    double factor = picture(index).factor();
    List<LabelledBox> scaled = new ArrayList<>();
    for (LabelledBox object : data.objects(index)) {
      Box box = object.box();
      scaled.add(
          new LabelledBox(
              new Box(
                  box.xMin() * factor,
                  box.yMin() * factor,
                  box.xMax() * factor,
                  box.yMax() * factor),
              object.label(),
              object.difficult()));
    }
    return scaled;
  }
}
