package org.kt4j.detection.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.kt4j.config.NearestName;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Normalization;

/**
 * {@code voc}: pictures with boxes in the layout of PASCAL VOC.
 *
 * <pre>
 * Annotations/NAME.xml          boxes of a picture
 * ImageSets/Main/SET.txt        names of pictures, one a line; a flag 1, 0 or -1 behind a name is
 *                               passed over
 * JPEGImages/NAME.jpg           the picture; or .jpeg, .png
 * </pre>
 *
 * Boxes count pixels from 1 and include the last. A box whose opposite edges meet is dropped, one
 * that reaches beyond its picture is clipped; a warning counts both. Where an annotation gives no
 * size, or 0, the picture's own is taken. Pictures are decoded when they are asked for.
 */
public final class VocProvider implements DetectionDatasetProvider<VocOptions> {

  private static final List<String> ENDINGS =
      List.of(".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG");

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
    Path root = Path.of(options.path());
    if (!Files.isDirectory(root)) {
      throw new DataException(
          name()
              + ": path: "
              + root
              + " is not a folder; allowed: a folder with Annotations, ImageSets/Main and"
              + " JPEGImages");
    }
    Map<String, List<Path>> pictures = new LinkedHashMap<>();
    List<List<Listed>> sets = new ArrayList<>();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("train", options.train());
    wanted.put("held-out", options.heldOut());
    wanted.put("test", options.test());
    wanted.forEach(
        (split, set) -> {
          List<Listed> listed = list(root, split, set);
          sets.add(listed);
          pictures.put(split + " (" + set + ")", listed.stream().map(Listed::picture).toList());
        });
    PictureFiles.requireSome(name(), imageSet(root, options.train()), sets.get(0).size());
    PictureFiles.requireDisjoint(name(), pictures);

    VocAnnotation.Reader reader = new VocAnnotation.Reader(name());
    List<List<VocAnnotation>> annotations =
        sets.stream()
            .map(set -> set.stream().map(listed -> reader.read(listed.annotation)).toList())
            .toList();
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
  public DataSplits open(VocOptions options) {
    return ObjectCrops.of(name(), openDetection(options), options.cropSize());
  }

  /** The ImageNet numbers: a fair start for photographs. */
  @Override
  public Normalization defaultNormalization() {
    return Normalization.imageNet();
  }

  private List<Listed> list(Path root, String split, String set) {
    Path file = imageSet(root, set);
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          name()
              + ": "
              + split
              + ": "
              + file
              + " does not exist: "
              + NearestName.unknown("image set", set, imageSets(imageSetFolder(root))));
    }
    List<String> names;
    try {
      names =
          Files.readAllLines(file).stream()
              .map(line -> line.strip().replaceFirst("\\s+(-1|0|1)$", ""))
              .filter(name -> !name.isEmpty())
              .toList();
    } catch (IOException e) {
      throw new DataException(name() + ": " + file + " cannot be read: " + e, e);
    }
    List<Listed> listed = new ArrayList<>();
    List<Path> missing = new ArrayList<>();
    for (String picture : names) {
      Path annotation = root.resolve("Annotations").resolve(picture + ".xml");
      if (!Files.isRegularFile(annotation)) {
        missing.add(annotation);
      }
      List<Path> candidates =
          ENDINGS.stream().map(end -> root.resolve("JPEGImages").resolve(picture + end)).toList();
      Optional<Path> found = candidates.stream().filter(Files::isRegularFile).findFirst();
      if (found.isEmpty()) {
        missing.add(candidates.get(0));
      }
      listed.add(new Listed(picture, annotation, found.orElse(candidates.get(0))));
    }
    PictureFiles.requireNoneMissing(name(), file, missing);
    return listed;
  }

  private static Path imageSet(Path root, String set) {
    return imageSetFolder(root).resolve(set + ".txt");
  }

  private static Path imageSetFolder(Path root) {
    return root.resolve("ImageSets").resolve("Main");
  }

  private static List<String> imageSets(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".txt"))
          .map(file -> file.substring(0, file.length() - ".txt".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
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
      List<Listed> set,
      List<VocAnnotation> annotations,
      BoxRepairs repairs) {
    List<PictureFiles.Entry> entries = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      Listed listed = set.get(i);
      VocAnnotation annotation = annotations.get(i);
      PictureFiles.Size size =
          PictureFiles.Size.annotatedOrRead(
              name(), annotation.height(), annotation.width(), listed.picture);
      List<LabelledBox> objects = new ArrayList<>();
      for (VocAnnotation.Item item : annotation.objects()) {
        int label = classes.indexOf(item.name());
        if (label < 0) {
          throw new DataException(
              name()
                  + ": "
                  + listed.annotation
                  + ": "
                  + NearestName.unknown("class", item.name(), classes)
                  + "; fix: correct the annotation, or add the class to classes");
        }
        if (item.isEmpty()) {
          repairs.drop(listed.name);
        } else {
          repairs
              .inside(listed.name, item.box(), size.height(), size.width())
              .ifPresent(box -> objects.add(new LabelledBox(box, label, item.difficult())));
        }
      }
      entries.add(new PictureFiles.Entry(listed.name, listed.picture, size, objects));
    }
    return new PictureFiles(part, classes, entries);
  }

  /** A picture that an image set names. */
  private record Listed(String name, Path annotation, Path picture) {}
}
