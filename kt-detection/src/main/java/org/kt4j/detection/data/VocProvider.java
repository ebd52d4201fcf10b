package org.kt4j.detection.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.kt4j.config.NearestName;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.FolderSearch;
import org.kt4j.data.Normalization;

/**
 * {@code voc}: pictures with boxes in the layout of PASCAL VOC.
 *
 * <pre>
 * Annotations/NAME.xml          boxes of a picture
 * ImageSets/Main/SET.txt        names of pictures, one a line; a flag 1, 0 or -1 behind a name is
 *                               passed over, unless there are files of the name with it
 * JPEGImages/NAME.jpg           the picture; or .jpeg, .png, also in capital letters
 * </pre>
 *
 * Boxes count pixels from 1 and include the last. A box whose opposite edges meet or that lies
 * outside its picture is dropped, swapped corners are put in order, a box that reaches beyond its
 * picture is clipped; a warning counts them. Where an annotation gives no size, or 0, the picture's
 * own is taken. Pictures are decoded when they are asked for.
 */
public final class VocProvider implements DetectionDatasetProvider<VocOptions> {

  /** For {@link java.util.ServiceLoader}. */
  public VocProvider() {}

  @Override
  public String name() {
    return "voc";
  }

  @Override
  public String summary() {
    return "pictures with boxes in the layout of PASCAL VOC (Everingham et al. 2010)";
  }

  @Override
  public VocOptions defaults() {
    return new VocOptions("data/voc", "train", "val", "test", List.of(), 64);
  }

  @Override
  public DetectionSplits openDetection(VocOptions options) {
    List<BoxRepairs> repairs = new ArrayList<>();
    DetectionSplits splits = openDetection(options, repairs);
    repairs.forEach(BoxRepairs::warn);
    return splits;
  }

  /** As {@link #openDetection(VocOptions)}; tells what was repaired instead of logging it. */
  DetectionSplits openDetection(VocOptions options, List<BoxRepairs> repairs) {
    Path root =
        FileOptions.folder(name(), options.path(), "Annotations, ImageSets/Main and JPEGImages");
    VocFolder folder = new VocFolder(name(), root);
    Map<String, List<Path>> pictures = new LinkedHashMap<>();
    List<List<VocFolder.Listed>> sets = new ArrayList<>();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("train", options.train());
    wanted.put("held-out", options.heldOut());
    wanted.put("test", options.test());
    wanted.forEach(
        (split, set) -> {
          List<VocFolder.Listed> listed = folder.list(split, set);
          sets.add(listed);
          pictures.put(
              split + " (" + set + ")", listed.stream().map(VocFolder.Listed::picture).toList());
        });
    PictureFiles.requireSome(name(), folder.imageSet(options.train()), sets.get(0).size());
    PictureFiles.requireDisjoint(name(), pictures);

    VocAnnotation.Reader reader = new VocAnnotation.Reader(name());
    List<List<VocAnnotation>> annotations =
        sets.stream()
            .map(set -> set.stream().map(listed -> reader.read(listed.annotation())).toList())
            .toList();
    int next = 0;
    for (String set : wanted.values()) {
      requirePixels(folder.imageSet(set), annotations.get(next++));
    }
    List<String> classes = classes(root, options.classes(), annotations);
    List<DetectionDataset> parts = new ArrayList<>();
    for (String set : wanted.values()) {
      String part = name() + " " + set;
      BoxRepairs repaired = new BoxRepairs(part);
      repairs.add(repaired);
      int at = parts.size();
      parts.add(part(part, classes, sets.get(at), annotations.get(at), repaired));
    }
    return new DetectionSplits(parts.get(0), parts.get(1), parts.get(2));
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new VocSearch(this));
  }

  @Override
  public DataSplits open(VocOptions options) {
    return ObjectCrops.of(name(), openDetection(options), options.cropSize());
  }

  /** The ImageNet numbers: a fair start for photographs. */
  @Override
  public Normalization defaultNormalization() {
    return Normalization.imageNet();
  }

  private void requirePixels(Path imageSet, List<VocAnnotation> annotations) {
    FractionBoxes boxes = new FractionBoxes();
    for (VocAnnotation annotation : annotations) {
      for (VocAnnotation.Item item : annotation.objects()) {
        if (!item.isEmpty()) {
          boxes.add(item.xMin(), item.yMin(), item.xMax(), item.yMax());
        }
      }
    }
    boxes.requirePixels(name() + ": the annotations of " + imageSet);
  }

  private List<String> classes(
      Path root, List<String> given, List<List<VocAnnotation>> annotations) {
    if (!given.isEmpty()) {
      return given;
    }
    TreeSet<String> found = new TreeSet<>();
    annotations.forEach(
        set -> set.forEach(one -> one.objects().forEach(object -> found.add(object.name()))));
    if (found.isEmpty()) {
      throw new DataException(
          name()
              + ": the annotations of the three image sets in "
              + root
              + " hold no object; expected: at least one; fix: other image sets");
    }
    return List.copyOf(found);
  }

  private DetectionDataset part(
      String part,
      List<String> classes,
      List<VocFolder.Listed> set,
      List<VocAnnotation> annotations,
      BoxRepairs repairs) {
    List<PictureFiles.Entry> entries = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      VocFolder.Listed listed = set.get(i);
      VocAnnotation annotation = annotations.get(i);
      PictureFiles.Size size =
          PictureFiles.Size.annotatedOrRead(
              name(), annotation.height(), annotation.width(), listed.picture());
      if (size.turnsBoxes()) {
        repairs.turn(listed.name());
      }
      List<LabelledBox> objects = new ArrayList<>();
      for (VocAnnotation.Item item : annotation.objects()) {
        int label = classes.indexOf(item.name());
        if (label < 0) {
          throw new DataException(
              name()
                  + ": "
                  + listed.annotation()
                  + ": "
                  + NearestName.unknown("class", item.name(), classes)
                  + "; fix: correct the annotation, or add the class to classes");
        }
        if (item.isEmpty()) {
          repairs.drop(listed.name());
        } else {
          repairs
              .inside(
                  listed.name(),
                  size.upright(box(repairs, listed, item)),
                  size.height(),
                  size.width())
              .ifPresent(box -> objects.add(new LabelledBox(box, label, item.difficult())));
        }
      }
      entries.add(new PictureFiles.Entry(listed.name(), listed.picture(), size, objects));
    }
    return new PictureFiles(part, classes, entries);
  }

  /** Pixels are counted from 1, edges from 0. */
  private static Box box(BoxRepairs repairs, VocFolder.Listed listed, VocAnnotation.Item item) {
    Box pixels = repairs.ordered(listed.name(), item.xMin(), item.yMin(), item.xMax(), item.yMax());
    return new Box(pixels.xMin() - 1, pixels.yMin() - 1, pixels.xMax(), pixels.yMax());
  }
}
