package org.kt4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code image-folder}: pictures of one's own, JPEG or PNG of any size, in one folder per class.
 * All are decoded and resized once and held in memory.
 *
 * <p>Classes are the folders in order of their names; files are taken in order of theirs. The
 * folders stand in {@code train/} and {@code test/}, and those of the pictures that checkpoints are
 * selected by in {@code val/}, {@code valid/} or {@code validation/}; or all in one folder that is
 * divided by the options. {@code train} and {@code test} without folders in them are classes of
 * that name. What is hidden is passed over; what else is not read is told.
 */
public final class ImageFolderProvider implements DatasetProvider<ImageFolderOptions> {

  /** How many unreadable pictures one message names. */
  private static final int NAMED = 10;

  private static final Map<String, Split> PARTS =
      Map.of(
          "train", Split.TRAIN,
          "test", Split.TEST,
          "val", Split.HELD_OUT,
          "valid", Split.HELD_OUT,
          "validation", Split.HELD_OUT);

  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  /** For {@link java.util.ServiceLoader}. */
  public ImageFolderProvider() {}

  @Override
  public String name() {
    return "image-folder";
  }

  @Override
  public String summary() {
    return "your own JPEG and PNG pictures, one folder per class, resized";
  }

  @Override
  public ImageFolderOptions defaults() {
    return new ImageFolderOptions("data/images", 64, 0.2, 0.1);
  }

  @Override
  public DataSplits open(ImageFolderOptions options) {
    Trees trees = trees(Path.of(options.path()));
    trees.notes().forEach(this::note);
    return trees.test().isPresent()
        ? openParts(trees, trees.test().get(), options)
        : openOne(trees.train(), options);
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new ImageFolderSearch(this));
  }

  /**
   * The class folders of a data set.
   *
   * @param train of training pictures, or of all where there are none for tests
   * @param heldOut of those that checkpoints are selected by, if they have folders of their own
   * @param test if there are folders for tests
   * @param notes what is not read and may be meant otherwise
   */
  record Trees(
      ClassFolders train,
      Optional<ClassFolders> heldOut,
      Optional<ClassFolders> test,
      List<String> notes) {

    List<ClassFolders> list() {
      return Stream.of(Optional.of(train), test, heldOut).flatMap(Optional::stream).toList();
    }

    List<Path> all() {
      return list().stream().flatMap(tree -> tree.files().stream()).toList();
    }
  }

  /**
   * Lists the pictures of a data set; none is read.
   *
   * @throws DataException when they cannot be used
   */
  Trees trees(Path root) {
    if (!Files.isDirectory(root)) {
      throw new DataException(
          name()
              + ": path: "
              + root
              + (Files.exists(root) ? " is not a folder" : " is not there")
              + "; allowed: a folder with train/ and test/, or with one folder per class");
    }
    List<Path> folders =
        ClassFolders.children(name(), root).stream().filter(Files::isDirectory).toList();
    Map<Split, Path> parts = parts(root, folders);
    Path train = parts.get(Split.TRAIN);
    Path test = parts.get(Split.TEST);
    List<String> notes = new ArrayList<>();
    if (train == null && test == null) {
      requireNotLoose(root, folders);
      ClassFolders tree = ClassFolders.of(name(), root);
      notes.addAll(tree.notes());
      return new Trees(tree, Optional.empty(), Optional.empty(), notes);
    }
    if (train == null || test == null) {
      throw halfOfParts(root, parts);
    }
    noteBeside(root, folders, parts).ifPresent(notes::add);
    Trees trees =
        new Trees(
            ClassFolders.of(name(), train),
            Optional.ofNullable(parts.get(Split.HELD_OUT))
                .map(folder -> ClassFolders.of(name(), folder)),
            Optional.of(ClassFolders.of(name(), test)),
            notes);
    trees.list().forEach(tree -> notes.addAll(tree.notes()));
    trees.list().forEach(tree -> requireSameClasses(trees.train(), tree));
    notes.addAll(samePictures(trees.list()));
    return trees;
  }

  /**
   * The folders that are parts of the data and not classes: those that hold class folders
   * themselves. A class may be called train.
   */
  private Map<Split, Path> parts(Path root, List<Path> folders) {
    Map<Split, Path> parts = new EnumMap<>(Split.class);
    for (Path folder : folders) {
      Split part = part(folder);
      if (part == null
          || ClassFolders.children(name(), folder).stream().noneMatch(Files::isDirectory)) {
        continue;
      }
      Path other = parts.put(part, folder);
      if (other != null) {
        throw new DataException(
            name()
                + ": "
                + root
                + " has the folders "
                + other.getFileName()
                + " and "
                + folder.getFileName()
                + ", which mean the same; fix: keep one of them");
      }
    }
    return parts;
  }

  static @Nullable Split part(Path folder) {
    return PARTS.get(String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT));
  }

  private DataException halfOfParts(Path root, Map<Split, Path> parts) {
    boolean train = parts.containsKey(Split.TRAIN);
    Path heldOut = parts.get(Split.HELD_OUT);
    return new DataException(
        name()
            + ": "
            + root
            + " has a folder "
            + (train ? "train" : "test")
            + " with class folders but none "
            + (train ? "test" : "train")
            + "; allowed: both, with or without val, or one folder per class and neither; fix: "
            + (train && heldOut != null
                ? "rename "
                    + heldOut.getFileName()
                    + " to test, and checkpoints are selected by pictures held out of train"
                : "add "
                    + (train ? "test" : "train")
                    + ", or name "
                    + parts.get(train ? Split.TRAIN : Split.TEST)
                    + " as path, and test pictures are taken out of it"));
  }

  /** Two classes called train and test, and no other, are parts whose pictures have no class. */
  private void requireNotLoose(Path root, List<Path> folders) {
    if (!folders.isEmpty() && folders.stream().allMatch(folder -> part(folder) != null)) {
      throw new DataException(
          name()
              + ": "
              + root
              + ": "
              + String.join(", ", folders.stream().map(f -> f.getFileName() + "/").toList())
              + " hold no class folders; allowed: train/CLASS/a.jpg and test/CLASS/b.jpg; fix: put"
              + " the pictures of each class into a folder");
    }
  }

  /** The ImageNet numbers: a fair start for photographs. */
  @Override
  public Normalization defaultNormalization() {
    return Normalization.imageNet();
  }

  private DataSplits openParts(Trees parts, ClassFolders test, ImageFolderOptions options) {
    List<ClassFolders> trees = parts.list();
    MemoryImages training = read(trees, parts.train(), options.size());
    MemoryImages testing = read(trees, test, options.size());
    if (parts.heldOut().isPresent()) {
      return new DataSplits(
          training.named(name() + " train"),
          read(trees, parts.heldOut().get(), options.size()).named(name() + " held-out"),
          testing.named(name() + " test"));
    }
    return SplitDraw.draw(
        name(),
        training,
        testing,
        training.size(),
        heldOutOf(training.size(), options),
        testing.size(),
        options.path());
  }

  private void requireSameClasses(ClassFolders training, ClassFolders other) {
    List<String> missing = new ArrayList<>(training.classes());
    missing.removeAll(other.classes());
    List<String> unknown = new ArrayList<>(other.classes());
    unknown.removeAll(training.classes());
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new DataException(
          name()
              + ": "
              + training.root().getParent()
              + ": "
              + training.root().getFileName()
              + "/ and "
              + other.root().getFileName()
              + "/ have different classes: "
              + Stream.of(only(training, missing), only(other, unknown))
                  .filter(part -> !part.isEmpty())
                  .collect(Collectors.joining("; "))
              + "; fix: give both the same folders");
    }
  }

  private static String only(ClassFolders folders, List<String> classes) {
    return classes.isEmpty() ? "" : "only " + folders.root().getFileName() + "/ has " + classes;
  }

  /** Of every two of the parts that hold the same pictures, one sentence. */
  static List<String> samePictures(List<ClassFolders> parts) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      for (int j = i + 1; j < parts.size(); j++) {
        ClassFolders one = parts.get(i);
        ClassFolders other = parts.get(j);
        SameFiles.in(one.files(), other.files())
            .map(
                same ->
                    one.root().getParent()
                        + ": "
                        + one.root().getFileName()
                        + "/ and "
                        + other.root().getFileName()
                        + "/ hold the same pictures, byte for byte: "
                        + same.described())
            .ifPresent(sentences::add);
      }
    }
    return sentences;
  }

  private static Optional<String> noteBeside(
      Path root, List<Path> folders, Map<Split, Path> parts) {
    List<String> beside =
        folders.stream()
            .filter(folder -> !parts.containsValue(folder))
            .map(folder -> folder.getFileName() + "/")
            .toList();
    return beside.isEmpty()
        ? Optional.empty()
        : Optional.of(root + ": not read beside train and test: " + String.join(", ", beside));
  }

  /** Does not say this again. */
  static void said(String sentence) {
    SAID.add(sentence);
  }

  /** Once, however often a suite opens the data. */
  private void note(String sentence) {
    if (SAID.add(sentence)) {
      // Not a constant: a log back end takes longer to start than a list of data sets to print.
      Logger log = LoggerFactory.getLogger(ImageFolderProvider.class);
      log.warn("{}: {}", name(), sentence);
    }
  }

  private DataSplits openOne(ClassFolders tree, ImageFolderOptions options) {
    Path root = tree.root();
    MemoryImages all = read(List.of(tree), tree, options.size());
    int[] order = StratifiedOrder.of(all);
    int test = testOf(all.size(), options);
    if (test < 1 || test >= all.size()) {
      throw new DataException(
          name()
              + ": test-fraction: "
              + options.testFraction()
              + " of the "
              + all.size()
              + " images in "
              + root
              + " leaves nothing to "
              + (test < 1 ? "test on" : "train on")
              + "; fix: more images, or another fraction");
    }
    // The test images come first in the order, so that they do not depend on the held-out share.
    MemoryImages testing = all.pick(name(), sorted(order, 0, test));
    MemoryImages training = all.pick(name(), sorted(order, test, order.length));
    SameFiles.in(picked(tree, order, test, order.length), picked(tree, order, 0, test))
        .map(
            same ->
                root
                    + ": test pictures that are among those for training, too, byte for byte: "
                    + same.described())
        .ifPresent(this::note);
    return SplitDraw.draw(
        name(),
        training,
        testing,
        training.size(),
        heldOutOf(training.size(), options),
        test,
        options.path());
  }

  /** The pictures that are for tests where no folder is. */
  static int testOf(int all, ImageFolderOptions options) {
    return (int) Math.round(options.testFraction() * all);
  }

  /** The training pictures that are held out where no folder is for that. */
  static int heldOutOf(int training, ImageFolderOptions options) {
    return Math.min(training - 1, (int) Math.round(options.heldOutFraction() * training));
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] part = Arrays.copyOfRange(order, from, to);
    Arrays.sort(part);
    return part;
  }

  private static List<Path> picked(ClassFolders tree, int[] order, int from, int to) {
    return Arrays.stream(sorted(order, from, to)).mapToObj(tree.files()::get).toList();
  }

  private MemoryImages read(List<ClassFolders> trees, ClassFolders tree, int size) {
    ImageShape shape = new ImageShape(size, size, 3);
    long total = trees.stream().mapToLong(each -> each.files().size()).sum();
    HeapRoom.require(name(), total, shape, "a smaller size");
    DecodedFolder.Key key = DecodedFolder.key(tree.files(), size);
    byte[][] images =
        DecodedFolder.of(key).orElseGet(() -> DecodedFolder.keep(key, decoded(tree, size)));
    return new MemoryImages(name(), shape, tree.classes(), images, tree.labels());
  }

  private byte[][] decoded(ClassFolders tree, int size) {
    byte[][] images = new byte[tree.files().size()][];
    Queue<String> unreadable = new ConcurrentLinkedQueue<>();
    IntStream.range(0, images.length)
        .parallel()
        .forEach(
            i -> {
              Path file = tree.files().get(i);
              try {
                images[i] = Picture.read(file).resized(size, size);
              } catch (IOException e) {
                unreadable.add(file + " (" + ReadFault.reason(e) + ")");
              }
            });
    if (!unreadable.isEmpty()) {
      throw unreadable(name(), unreadable, images.length);
    }
    return images;
  }

  /**
   * What is wrong where pictures cannot be read.
   *
   * @param unreadable each with its reason
   * @param all how many were tried
   */
  static DataException unreadable(String name, Collection<String> unreadable, int all) {
    List<String> named = unreadable.stream().sorted().limit(NAMED).toList();
    int more = unreadable.size() - named.size();
    return new DataException(
        name
            + ": "
            + unreadable.size()
            + " of "
            + all
            + " pictures cannot be read: "
            + String.join(", ", named)
            + (more > 0 ? " and " + more + " more" : "")
            + "; allowed: JPEG and PNG; fix: convert or remove them");
  }
}
