package org.kt4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code image-folder}: pictures of one's own, JPEG or PNG of any size, in one folder per class.
 * All are decoded and resized once and held in memory.
 *
 * <p>Classes are the folders in order of their names; files are taken in order of theirs. Names
 * that start with a dot are passed over, and so are files that are neither {@code .jpg}, {@code
 * .jpeg} nor {@code .png}.
 */
public final class ImageFolderProvider implements DatasetProvider<ImageFolderOptions> {

  /** How many unreadable pictures one message names. */
  private static final int NAMED = 10;

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
    Path root = Path.of(options.path());
    if (!Files.isDirectory(root)) {
      throw new DataException(
          name()
              + ": path: "
              + root
              + " is not a folder; allowed: a folder with train/ and test/, or with one folder per"
              + " class");
    }
    boolean train = Files.isDirectory(root.resolve("train"));
    boolean test = Files.isDirectory(root.resolve("test"));
    if (train != test) {
      throw new DataException(
          name()
              + ": "
              + root
              + " has a folder "
              + (train ? "train" : "test")
              + " but none "
              + (train ? "test" : "train")
              + "; allowed: both, or one folder per class and neither");
    }
    return train ? openBoth(root, options) : openOne(root, options);
  }

  /** The ImageNet numbers: a fair start for photographs. */
  @Override
  public Normalization defaultNormalization() {
    return Normalization.imageNet();
  }

  private DataSplits openBoth(Path root, ImageFolderOptions options) {
    Tree trainTree = Tree.of(name(), root.resolve("train"));
    Tree testTree = Tree.of(name(), root.resolve("test"));
    if (!trainTree.classes.equals(testTree.classes)) {
      throw new DataException(
          name()
              + ": "
              + root
              + ": train/ has the classes "
              + trainTree.classes
              + ", test/ has "
              + testTree.classes
              + "; fix: give both the same folders");
    }
    MemoryImages training = read(List.of(trainTree, testTree), 0, options.size());
    MemoryImages testing = read(List.of(trainTree, testTree), 1, options.size());
    int heldOut = heldOut(training.size(), options);
    return SplitDraw.draw(
        name(), training, testing, training.size(), heldOut, testing.size(), options.path());
  }

  private DataSplits openOne(Path root, ImageFolderOptions options) {
    Tree tree = Tree.of(name(), root);
    MemoryImages all = read(List.of(tree), 0, options.size());
    int[] order = StratifiedOrder.of(all);
    int test = (int) Math.round(options.testFraction() * all.size());
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
    return SplitDraw.draw(
        name(),
        training,
        testing,
        training.size(),
        heldOut(training.size(), options),
        test,
        options.path());
  }

  private static int heldOut(int training, ImageFolderOptions options) {
    return Math.min(training - 1, (int) Math.round(options.heldOutFraction() * training));
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] part = Arrays.copyOfRange(order, from, to);
    Arrays.sort(part);
    return part;
  }

  private MemoryImages read(List<Tree> trees, int which, int size) {
    ImageShape shape = new ImageShape(size, size, 3);
    long total = trees.stream().mapToLong(tree -> tree.files.size()).sum();
    HeapRoom.require(name(), total, shape, "a smaller size");
    Tree tree = trees.get(which);
    byte[][] images = new byte[tree.files.size()][];
    Queue<String> unreadable = new ConcurrentLinkedQueue<>();
    IntStream.range(0, images.length)
        .parallel()
        .forEach(
            i -> {
              Path file = tree.files.get(i);
              try {
                images[i] = Picture.read(file).resized(size, size);
              } catch (IOException e) {
                unreadable.add(file + " (" + e.getMessage() + ")");
              }
            });
    if (!unreadable.isEmpty()) {
      List<String> named = unreadable.stream().sorted().limit(NAMED).toList();
      int more = unreadable.size() - named.size();
      throw new DataException(
          name()
              + ": "
              + unreadable.size()
              + " of "
              + images.length
              + " pictures cannot be read: "
              + String.join(", ", named)
              + (more > 0 ? " and " + more + " more" : "")
              + "; allowed: JPEG (RGB or grey) and PNG; fix: convert or remove them");
    }
    int[] labels = tree.labels.stream().mapToInt(Integer::intValue).toArray();
    return new MemoryImages(name(), shape, tree.classes, images, labels);
  }

  /** The class folders below a folder and the pictures in them. */
  private record Tree(List<String> classes, List<Path> files, List<Integer> labels) {

    static Tree of(String name, Path root) {
      List<Path> folders = children(name, root).filter(Files::isDirectory).toList();
      List<Path> files = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int label = 0; label < folders.size(); label++) {
        Path folder = folders.get(label);
        List<Path> inside = children(name, folder).filter(Files::isRegularFile).toList();
        List<Path> pictures = inside.stream().filter(Tree::isPicture).toList();
        if (pictures.isEmpty()) {
          throw new DataException(
              name
                  + ": "
                  + folder
                  + " holds no picture; expected: .jpg, .jpeg or .png files; fix: add some, or"
                  + " remove the folder");
        }
        if (pictures.size() < inside.size()) {
          // Not a constant: a log back end takes longer to start than a list of data sets to print.
          Logger log = LoggerFactory.getLogger(ImageFolderProvider.class);
          log.warn(
              "{}: {} files that are neither .jpg, .jpeg nor .png are passed over",
              folder,
              inside.size() - pictures.size());
        }
        for (Path picture : pictures) {
          labels.add(label);
          files.add(picture);
        }
      }
      if (folders.size() < 2) {
        throw new DataException(
            name
                + ": "
                + root
                + " holds "
                + folders.size()
                + " class folders; allowed: at least 2, each with pictures of one class");
      }
      List<String> classes = folders.stream().map(f -> f.getFileName().toString()).toList();
      return new Tree(classes, files, labels);
    }

    private static boolean isPicture(Path file) {
      String lower = file.getFileName().toString().toLowerCase(Locale.ROOT);
      return lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".png");
    }

    /** What a folder holds, by name, without hidden entries. */
    private static Stream<Path> children(String name, Path folder) {
      try (Stream<Path> listing = Files.list(folder)) {
        return listing
            .filter(path -> !path.getFileName().toString().startsWith("."))
            .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()))
            .toList()
            .stream();
      } catch (IOException e) {
        throw new DataException(name + ": " + folder + " cannot be listed: " + e, e);
      }
    }
  }
}
