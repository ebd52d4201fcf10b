package org.kt4j.detection.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Normalization;

/**
 * {@code coco}: pictures with boxes, annotated in the JSON of COCO, one file and one folder of
 * pictures for each split.
 *
 * <p>Labels follow the ids of the categories, which must be the same in all three files. A crowd is
 * a difficult object. A box without area is dropped, one that reaches beyond its picture is
 * clipped; a warning counts both. Where an image has no size, or 0, the picture's own is taken.
 * Pictures are decoded when they are asked for; those without an object are kept.
 */
public final class CocoProvider implements DetectionDatasetProvider<CocoOptions> {

  /** For {@link java.util.ServiceLoader}. */
  public CocoProvider() {}

  @Override
  public String name() {
    return "coco";
  }

  @Override
  public String summary() {
    return "pictures with boxes, annotated in the JSON of COCO (Lin et al. 2014)";
  }

  @Override
  public CocoOptions defaults() {
    return new CocoOptions(
        "data/coco",
        "annotations/instances_train.json",
        "annotations/instances_val.json",
        "annotations/instances_test.json",
        "train",
        "val",
        "test",
        64);
  }

  @Override
  public DetectionSplits openDetection(CocoOptions options) {
    List<BoxRepairs> repairs = new ArrayList<>();
    DetectionSplits splits = openDetection(options, repairs);
    repairs.forEach(BoxRepairs::warn);
    return splits;
  }

  /** As {@link #openDetection(CocoOptions)}; tells what was repaired instead of logging it. */
  DetectionSplits openDetection(CocoOptions options, List<BoxRepairs> repairs) {
    Path root = Path.of(options.path());
    if (!Files.isDirectory(root)) {
      throw new DataException(
          name()
              + ": path: "
              + root
              + " is not a folder; allowed: a folder with the annotations and the pictures");
    }
    Part train = new Part(root, "train", options.train(), options.trainImages(), repairs);
    Part heldOut = new Part(root, "held-out", options.heldOut(), options.heldOutImages(), repairs);
    Part test = new Part(root, "test", options.test(), options.testImages(), repairs);
    PictureFiles.requireSome(name(), train.file, train.images.size());
    heldOut.requireCategoriesOf(train);
    test.requireCategoriesOf(train);
    Map<String, List<Path>> pictures = new LinkedHashMap<>();
    for (Part part : List.of(train, heldOut, test)) {
      pictures.put(part.split, part.pictures());
    }
    PictureFiles.requireDisjoint(name(), pictures);
    return new DetectionSplits(train.data(), heldOut.data(), test.data());
  }

  @Override
  public DataSplits open(CocoOptions options) {
    return ObjectCrops.of(name(), openDetection(options), options.cropSize());
  }

  /** The ImageNet numbers: a fair start for photographs. */
  @Override
  public Normalization defaultNormalization() {
    return Normalization.imageNet();
  }

  /** One split while it is read. */
  private final class Part {
    final String split;
    private final Path file;
    private final Path folder;
    private final CocoFile content;
    private final TreeMap<Long, String> categories = new TreeMap<>();
    private final Map<Long, CocoFile.Image> images = new LinkedHashMap<>();
    private final BoxRepairs repairs;

    Part(Path root, String split, String file, String folder, List<BoxRepairs> repairs) {
      this.split = split;
      this.file = root.resolve(file);
      this.folder = root.resolve(folder);
      this.content = CocoFile.read(name(), this.file);
      this.repairs = new BoxRepairs(name() + " " + split);
      repairs.add(this.repairs);
      int at = 0;
      for (CocoFile.Category category : given("categories", content.categories())) {
        String place = "categories[" + at++ + "]";
        long id = given(place + ".id", category.id());
        String before = categories.put(id, given(place + ".name", category.name()));
        if (before != null) {
          throw wrong(place + ".id: " + id + " is that of '" + before + "', too");
        }
      }
      if (categories.isEmpty() || Set.copyOf(categories.values()).size() < categories.size()) {
        throw wrong("categories: " + categories.values() + "; allowed: different ones, at least 1");
      }
      at = 0;
      for (CocoFile.Image image : given("images", content.images())) {
        String place = "images[" + at++ + "]";
        given(place + ".file_name", image.fileName());
        long id = given(place + ".id", image.id());
        if (images.put(id, image) != null) {
          throw wrong(place + ".id: " + id + " is that of another image, too");
        }
      }
      PictureFiles.requireNoneMissing(
          name(), this.file, pictures().stream().filter(one -> !Files.isRegularFile(one)).toList());
    }

    void requireCategoriesOf(Part other) {
      if (!categories.equals(other.categories)) {
        throw wrong(
            "categories: "
                + categories
                + " are not those of "
                + other.file
                + ": "
                + other.categories
                + "; fix: the same ids and names in all files");
      }
    }

    List<Path> pictures() {
      return images.values().stream().map(this::picture).toList();
    }

    private Path picture(CocoFile.Image image) {
      return folder.resolve(given("file_name", image.fileName()));
    }

    DetectionDataset data() {
      Map<Long, PictureFiles.Size> sizes = new HashMap<>();
      Map<Long, List<LabelledBox>> objects = new HashMap<>();
      images.forEach(
          (id, image) -> {
            sizes.put(
                id,
                PictureFiles.Size.annotatedOrRead(
                    name(), image.height(), image.width(), picture(image)));
            objects.put(id, new ArrayList<>());
          });
      List<Long> labels = List.copyOf(categories.keySet());
      int at = 0;
      for (CocoFile.Annotation annotation : given("annotations", content.annotations())) {
        String place = "annotations[" + at++ + "]";
        add(place, annotation, labels, sizes, objects);
      }
      List<PictureFiles.Entry> entries = new ArrayList<>();
      images.forEach(
          (id, image) ->
              entries.add(
                  new PictureFiles.Entry(
                      label(image),
                      picture(image),
                      given("size", sizes.get(id)),
                      given("objects", objects.get(id)))));
      return new PictureFiles(name() + " " + split, List.copyOf(categories.values()), entries);
    }

    private void add(
        String place,
        CocoFile.Annotation annotation,
        List<Long> labels,
        Map<Long, PictureFiles.Size> sizes,
        Map<Long, List<LabelledBox>> objects) {
      long imageId = given(place + ".image_id", annotation.imageId());
      CocoFile.Image image = images.get(imageId);
      PictureFiles.Size size = sizes.get(imageId);
      List<LabelledBox> found = objects.get(imageId);
      if (image == null || size == null || found == null) {
        throw wrong(
            place + ".image_id: unknown " + imageId + "; expected: the id of one of the images");
      }
      long categoryId = given(place + ".category_id", annotation.categoryId());
      int label = labels.indexOf(categoryId);
      if (label < 0) {
        throw wrong(place + ".category_id: unknown " + categoryId + "; known: " + categories);
      }
      List<Double> bbox = given(place + ".bbox", annotation.bbox());
      if (bbox.size() != 4 || bbox.stream().anyMatch(edge -> edge == null)) {
        throw wrong(place + ".bbox: " + bbox + "; expected: [left, top, width, height]");
      }
      if (!(bbox.get(2) > 0 && bbox.get(3) > 0)) {
        repairs.drop(label(image));
        return;
      }
      Box box =
          new Box(bbox.get(0), bbox.get(1), bbox.get(0) + bbox.get(2), bbox.get(1) + bbox.get(3));
      boolean crowd = annotation.iscrowd() != null && annotation.iscrowd() != 0;
      repairs
          .inside(label(image), box, size.height(), size.width())
          .ifPresent(inside -> found.add(new LabelledBox(inside, label, crowd)));
    }

    private String label(CocoFile.Image image) {
      return PictureFiles.withoutEnding(given("file_name", image.fileName()));
    }

    private <T> T given(String what, @Nullable T value) {
      if (value == null) {
        throw wrong(what + " is missing");
      }
      return value;
    }

    private DataException wrong(String message) {
      return new DataException(name() + ": " + file + ": " + message);
    }
  }
}
