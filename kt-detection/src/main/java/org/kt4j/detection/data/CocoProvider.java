package org.kt4j.detection.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.FolderSearch;
import org.kt4j.data.Normalization;
import org.kt4j.engine.json.Json;

/**
 * {@code coco}: pictures with boxes, annotated in the JSON of COCO, one file and one folder of
 * pictures for each split.
 *
 * <p>Labels follow the ids of the categories, which must be the same in all three files. Ids are
 * whole numbers or texts. Of categories of one name, those without annotations are left out: some
 * tools write a root above the classes. A crowd is a difficult object. A box without area or
 * outside its picture is dropped, one of a negative width or height is turned, one that reaches
 * beyond its picture is clipped; an object without an area has that of its box; a warning counts
 * them. Where an image has no size, or 0, the picture's own is taken. Backslashes in a file's name
 * may part folders. Pictures are decoded when they are asked for; those without an object are kept.
 */
public final class CocoProvider implements DetectionDatasetProvider<CocoOptions> {

  private static final String EVERY_ID = "; fix: every id once";

  private static final String BOX = "[left, top, width, height]";

  /** How many ids one message names. */
  private static final int NAMED = 5;

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
    Path root = FileOptions.folder(name(), options.path(), "the annotations and the pictures");
    Part train = new Part(root, "train", options.train(), options.trainImages());
    Part heldOut = new Part(root, "held-out", options.heldOut(), options.heldOutImages());
    Part test = new Part(root, "test", options.test(), options.testImages());
    List<Part> parts = List.of(train, heldOut, test);
    PictureFiles.requireSome(name(), train.file, train.images.size());
    heldOut.requireCategoriesOf(train);
    test.requireCategoriesOf(train);
    Map<String, List<Path>> pictures = new LinkedHashMap<>();
    for (Part part : parts) {
      pictures.put(part.split, List.copyOf(part.pictures.values()));
      repairs.add(part.repairs);
    }
    PictureFiles.requireDisjoint(name(), pictures);
    SortedMap<CocoFile.Id, String> classes = classes(parts);
    return new DetectionSplits(train.data(classes), heldOut.data(classes), test.data(classes));
  }

  /** All categories but those that lend another one their name and have no annotation. */
  private SortedMap<CocoFile.Id, String> classes(List<Part> parts) {
    Part train = parts.get(0);
    Set<CocoFile.Id> annotated = new HashSet<>();
    parts.forEach(
        part -> part.content.annotations().forEach(each -> annotated.add(each.categoryId())));
    Map<String, CocoFile.Id> byName = new HashMap<>();
    SortedMap<CocoFile.Id, String> classes = new TreeMap<>(train.categories);
    train.categories.forEach(
        (id, className) -> {
          CocoFile.Id before = byName.put(className, id);
          if (before == null) {
            return;
          }
          if (annotated.contains(before) && annotated.contains(id)) {
            throw train.wrong(
                "categories: "
                    + before
                    + " and "
                    + id
                    + " are both '"
                    + className
                    + "' and have annotations; fix: one name for each, or one id for both");
          }
          CocoFile.Id without = annotated.contains(before) ? id : before;
          CocoFile.Id other = without.equals(id) ? before : id;
          byName.put(className, other);
          classes.remove(without);
          BoxRepairs.warn(
              name()
                  + ": category "
                  + without
                  + " is left out: it has no annotations, and category "
                  + other
                  + " is '"
                  + className
                  + "', too");
        });
    return classes;
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new CocoSearch(this));
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
    private final CocoFile content;
    private final SortedMap<CocoFile.Id, String> categories = new TreeMap<>();
    private final Map<CocoFile.Id, CocoFile.Image> images = new LinkedHashMap<>();
    private final Map<CocoFile.Id, Path> pictures = new LinkedHashMap<>();
    private final BoxRepairs repairs;

    Part(Path root, String split, String file, String folder) {
      this.split = split;
      this.file = FileOptions.in(name() + ": " + split, root, file);
      this.content = CocoFile.read(name(), this.file);
      this.repairs = new BoxRepairs(name() + " " + split);
      readCategories();
      Path pictureFolder = FileOptions.in(name() + ": " + split, root, folder);
      readImages(pictureFolder);
      requirePictures(pictureFolder);
    }

    private void readCategories() {
      int at = 0;
      for (CocoFile.Category category : content.categories()) {
        String place = "categories[" + at++ + "]";
        String className = category.name().text();
        if (!FileOptions.isLine(className)) {
          throw wrong(
              place
                  + ".name: "
                  + Json.line(className)
                  + "; expected: the name of a class in one line");
        }
        String before = categories.put(category.id(), className);
        if (before != null) {
          throw wrong(
              place + ".id: " + category.id() + " is that of '" + before + "', too" + EVERY_ID);
        }
      }
      if (categories.isEmpty()) {
        throw wrong("categories: is empty; expected: at least one class");
      }
    }

    private void readImages(Path folder) {
      int at = 0;
      for (CocoFile.Image image : content.images()) {
        String place = "images[" + at++ + "]";
        if (images.put(image.id(), image) != null) {
          throw wrong(place + ".id: " + image.id() + " is that of another image, too" + EVERY_ID);
        }
        if (image.fileName().isBlank()) {
          throw wrong(place + ".file_name: is empty; expected: a picture in " + folder);
        }
        requireSize(place + ".height", image.height());
        requireSize(place + ".width", image.width());
        pictures.put(image.id(), picture(folder, place + ".file_name", image.fileName()));
      }
    }

    private void requireSize(String place, @Nullable Double pixels) {
      if (pixels != null
          && (pixels < 0 || pixels > Integer.MAX_VALUE || pixels != Math.rint(pixels))) {
        throw wrong(
            place
                + ": "
                + DecimalNumber.text(pixels)
                + "; expected: a whole number of pixels, or 0 if it is unknown");
      }
    }

    private Path picture(Path folder, String place, String name) {
      String in = name() + ": " + file + ": " + place;
      Path picture = FileOptions.in(in, folder, name);
      return name.indexOf('\\') < 0 || Files.isRegularFile(picture)
          ? picture
          : FileOptions.in(in, folder, name.replace('\\', '/'));
    }

    private void requirePictures(Path folder) {
      List<Path> missing =
          pictures.values().stream().filter(one -> !Files.isRegularFile(one)).toList();
      String hint =
          missing.stream()
              .map(one -> folder.resolve(String.valueOf(one.getFileName())))
              .filter(Files::isRegularFile)
              .findFirst()
              .map(one -> one + " is there: file_name has to lead to it from " + folder)
              .orElse("bring the files, or take the pictures off the list");
      PictureFiles.requireNoneMissing(name(), file, missing, hint);
    }

    private void requirePixels() {
      FractionBoxes boxes = new FractionBoxes();
      for (CocoFile.Annotation annotation : content.annotations()) {
        List<Double> bbox = annotation.bbox();
        if (bbox != null && bbox.size() == 4 && bbox.get(2) != 0 && bbox.get(3) != 0) {
          boxes.add(bbox.get(0), bbox.get(1), bbox.get(2), bbox.get(3));
        }
      }
      boxes.requirePixels(name() + ": " + file);
    }

    void requireCategoriesOf(Part other) {
      if (!categories.equals(other.categories)) {
        throw wrong(
            "categories: they are not those of "
                + other.file
                + ": "
                + String.join(
                    "; ",
                    Stream.of(
                            notIn(other.categories, categories, "only here: "),
                            notIn(categories, other.categories, "only there: "))
                        .flatMap(Optional::stream)
                        .toList())
                + "; fix: the same ids and names in all files");
      }
    }

    private static Optional<String> notIn(
        SortedMap<CocoFile.Id, String> others, SortedMap<CocoFile.Id, String> these, String word) {
      SortedMap<CocoFile.Id, String> own = new TreeMap<>(these);
      own.entrySet().removeAll(others.entrySet());
      return own.isEmpty() ? Optional.empty() : Optional.of(word + listed(own));
    }

    private static String listed(SortedMap<CocoFile.Id, String> categories) {
      return listed(
          categories.entrySet().stream()
              .map(each -> each.getKey() + " (" + each.getValue() + ")")
              .toList());
    }

    private static String listed(List<String> names) {
      int more = names.size() - NAMED;
      return String.join(", ", names.stream().limit(NAMED).toList())
          + (more > 0 ? " and " + more + " more" : "");
    }

    DetectionDataset data(SortedMap<CocoFile.Id, String> classes) {
      Map<CocoFile.Id, Integer> labels = new HashMap<>();
      classes.keySet().forEach(id -> labels.put(id, labels.size()));
      Map<CocoFile.Id, Shown> shown = new LinkedHashMap<>();
      images.forEach((id, image) -> shown.put(id, shown(image)));
      int at = 0;
      for (CocoFile.Annotation annotation : content.annotations()) {
        String place =
            "annotations["
                + at++
                + "]"
                + (annotation.id() == null ? "" : " (id " + annotation.id() + ")");
        add(place, annotation, labels, shown);
      }
      requirePixels();
      return new PictureFiles(
          name() + " " + split,
          List.copyOf(classes.values()),
          shown.values().stream().map(Shown::entry).toList());
    }

    private Shown shown(CocoFile.Image image) {
      Path picture = Objects.requireNonNull(pictures.get(image.id()));
      String name = PictureFiles.withoutEnding(String.valueOf(picture.getFileName()));
      PictureFiles.Size size =
          PictureFiles.Size.annotatedOrRead(
              name(), pixels(image.height()), pixels(image.width()), picture);
      if (size.turnsBoxes()) {
        repairs.turn(name);
      }
      return new Shown(name, picture, size, new ArrayList<>());
    }

    private static @Nullable Integer pixels(@Nullable Double number) {
      return number == null ? null : (Integer) number.intValue();
    }

    private void add(
        String place,
        CocoFile.Annotation annotation,
        Map<CocoFile.Id, Integer> labels,
        Map<CocoFile.Id, Shown> shown) {
      Shown picture = shown.get(annotation.imageId());
      if (picture == null) {
        throw wrong(
            place
                + ".image_id: unknown "
                + annotation.imageId()
                + "; known: "
                + listed(shown.keySet().stream().map(CocoFile.Id::text).toList())
                + "; fix: correct it, or add the picture to images");
      }
      Integer label = labels.get(annotation.categoryId());
      if (label == null) {
        throw wrong(
            place
                + ".category_id: unknown "
                + annotation.categoryId()
                + "; known: "
                + listed(categories)
                + "; fix: correct it, or add the class to categories");
      }
      List<Double> bbox = annotation.bbox();
      if (bbox == null || bbox.isEmpty()) {
        throw wrong(
            place
                + ".bbox: is missing or empty; expected: "
                + BOX
                + "; a segmentation is not turned into a box; fix: write the box that encloses the"
                + " object");
      }
      if (bbox.size() != 4) {
        throw wrong(
            place
                + ".bbox: "
                + bbox.stream().map(DecimalNumber::text).toList()
                + " has "
                + bbox.size()
                + (bbox.size() == 1 ? " number" : " numbers")
                + "; expected: "
                + BOX
                + (bbox.size() == 5
                    ? "; boxes that are turned by an angle are not read; fix: write the upright box"
                    : "; fix: correct it"));
      }
      if (bbox.get(2) == 0 || bbox.get(3) == 0) {
        repairs.drop(picture.name);
        return;
      }
      Box stored =
          repairs.ordered(
              picture.name,
              bbox.get(0),
              bbox.get(1),
              bbox.get(0) + bbox.get(2),
              bbox.get(1) + bbox.get(3));
      boolean crowd = annotation.iscrowd() != null && annotation.iscrowd().isSet();
      repairs
          .inside(
              picture.name,
              picture.size.upright(stored),
              picture.size.height(),
              picture.size.width())
          .map(inside -> new LabelledBox(inside, label, crowd, area(picture, annotation, inside)))
          .ifPresent(picture.objects::add);
    }

    private double area(Shown picture, CocoFile.Annotation annotation, Box box) {
      double area = number(annotation.area());
      if (Double.isFinite(area) && area > 0) {
        return area;
      }
      if (annotation.area() != null) {
        repairs.boxForArea(picture.name);
      }
      return box.area();
    }

    /** A number, also one written as a text; or NaN. */
    private static double number(@Nullable Object value) {
      if (value instanceof String text) {
        return DecimalNumber.of(text.strip()).orElse(Double.NaN);
      }
      return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    DataException wrong(String message) {
      return new DataException(name() + ": " + file + ": " + message);
    }
  }

  /** A picture while its objects are collected. */
  private record Shown(
      String name, Path picture, PictureFiles.Size size, List<LabelledBox> objects) {

    PictureFiles.Entry entry() {
      return new PictureFiles.Entry(name, picture, size, objects);
    }
  }
}
