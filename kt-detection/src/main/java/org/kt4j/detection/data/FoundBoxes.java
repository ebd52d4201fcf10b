package org.kt4j.detection.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.data.Orientation;
import org.kt4j.data.Picture;
import org.kt4j.data.PictureHead;
import org.kt4j.data.PictureSizes;

/** What was found in a folder of pictures with boxes. */
final class FoundBoxes {

  /** Pictures that are decoded to know how large they are. */
  private static final int LOOKED_AT = 50;

  private FoundBoxes() {}

  /**
   * Opens the data and counts.
   *
   * @param data the data set's name
   * @param options of it
   * @param opening gets a list for what is repaired
   */
  static FoundData of(
      String data,
      Map<String, Object> options,
      Function<List<BoxRepairs>, DetectionSplits> opening) {
    List<BoxRepairs> repairs = new ArrayList<>();
    DetectionSplits splits = opening.apply(repairs);
    List<String> odd = repairs.stream().flatMap(each -> each.sentence().stream()).toList();
    odd.forEach(BoxRepairs::said);
    DetectionDataset train = splits.train();
    int[] counts = new int[train.classes().size()];
    for (int i = 0; i < train.size(); i++) {
      train.objects(i).forEach(object -> counts[object.label()]++);
    }
    return new FoundData(
        data,
        options,
        null,
        null,
        true,
        train.size(),
        splits.heldOut().size(),
        splits.test().size(),
        3,
        FoundData.counted(train.classes(), counts),
        sizes(train),
        odd,
        objects(data, options, splits));
  }

  /** The objects as pictures of their own; null where training has none. */
  private static @Nullable FoundData objects(
      String data, Map<String, Object> options, DetectionSplits splits) {
    DetectionDataset train = splits.train();
    List<LabelledBox> learnt = ObjectCrops.objects(train);
    if (learnt.isEmpty()) {
      return null;
    }
    int[] counts = new int[train.classes().size()];
    learnt.forEach(object -> counts[object.label()]++);
    List<PictureHead> heads =
        learnt.stream()
            .map(object -> ObjectCrops.side(object.box()))
            .map(side -> new PictureHead(side, side, Orientation.AS_STORED))
            .toList();
    return new FoundData(
        data,
        options,
        "crop-size",
        null,
        false,
        learnt.size(),
        ObjectCrops.objects(splits.heldOut()).size(),
        ObjectCrops.objects(splits.test()).size(),
        3,
        FoundData.counted(train.classes(), counts),
        PictureSizes.of(heads),
        List.of(),
        null);
  }

  private static PictureSizes sizes(DetectionDataset pictures) {
    int looked = Math.min(LOOKED_AT, pictures.size());
    List<PictureHead> heads = new ArrayList<>();
    for (int i = 0; i < looked; i++) {
      Picture picture = pictures.pixels((int) ((long) i * pictures.size() / looked));
      heads.add(new PictureHead(picture.height(), picture.width(), Orientation.AS_STORED));
    }
    return PictureSizes.of(heads);
  }
}
