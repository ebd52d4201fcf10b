package org.kt4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Recognises pictures in class folders, and looks at the heads of all of them. */
final class ImageFolderSearch implements FolderSearch {

  /** One picture of a class for each of training, selection and test. */
  private static final int FEWEST = 3;

  /** How many names one sentence has. */
  private static final int NAMED = 10;

  private final ImageFolderProvider provider;

  ImageFolderSearch(ImageFolderProvider provider) {
    this.provider = provider;
  }

  @Override
  public String lookedFor() {
    return "CLASS/*.jpg, *.jpeg or *.png for two classes or more, or the same in train/ and test/";
  }

  @Override
  public Optional<FoundData> in(Path folder) {
    if (!holdsClasses(folder)) {
      return Optional.empty();
    }
    ImageFolderProvider.Trees trees = trees(folder);
    List<PictureHead> heads = heads(trees.all());
    trees.notes().forEach(ImageFolderProvider::said);
    ImageFolderOptions usual = provider.defaults();
    ClassFolders training = trees.train();
    int all = training.files().size();
    int test = trees.test().map(tree -> tree.files().size()).orElse(0);
    if (trees.test().isEmpty()) {
      requireEnough(training);
      test = ImageFolderProvider.testOf(all, usual);
      all -= test;
    }
    int heldOut =
        trees
            .heldOut()
            .map(tree -> tree.files().size())
            .orElse(ImageFolderProvider.heldOutOf(all, usual));
    List<String> odd = new ArrayList<>(trees.notes());
    noteUneven(training).ifPresent(odd::add);
    return Optional.of(
        new FoundData(
            provider.name(),
            Map.of("path", folder.toString()),
            "size",
            null,
            false,
            trees.heldOut().isPresent() ? all : all - heldOut,
            heldOut,
            test,
            3,
            training.counts(),
            PictureSizes.of(heads),
            odd,
            null));
  }

  /** The class folders; where they cannot be used, pictures that cannot be read are told, too. */
  private ImageFolderProvider.Trees trees(Path folder) {
    try {
      return provider.trees(folder);
    } catch (DataException e) {
      List<Path> pictures = new ArrayList<>();
      for (Path each : folders(folder)) {
        pictures.addAll(ClassFolders.pictures(provider.name(), each));
        folders(each)
            .forEach(inner -> pictures.addAll(ClassFolders.pictures(provider.name(), inner)));
      }
      try {
        heads(pictures);
      } catch (DataException another) {
        throw new DataException(e.getMessage() + "\n" + another.getMessage(), e);
      }
      throw e;
    }
  }

  /** Whether half of the folders in the folder hold pictures, or one in train or test does. */
  private boolean holdsClasses(Path folder) {
    List<Path> folders = folders(folder);
    long holding = folders.stream().filter(this::holdsPicture).count();
    return (holding > 0 && 2 * holding >= folders.size())
        || folders.stream()
            .filter(each -> ImageFolderProvider.part(each) != null)
            .anyMatch(each -> folders(each).stream().anyMatch(this::holdsPicture));
  }

  private boolean holdsPicture(Path folder) {
    return !ClassFolders.pictures(provider.name(), folder).isEmpty();
  }

  private List<Path> folders(Path folder) {
    return ClassFolders.children(provider.name(), folder).stream()
        .filter(Files::isDirectory)
        .toList();
  }

  private List<PictureHead> heads(List<Path> files) {
    Queue<String> unreadable = new ConcurrentLinkedQueue<>();
    List<PictureHead> heads =
        files.parallelStream()
            .map(
                file -> {
                  try {
                    return Optional.of(PictureHead.read(file));
                  } catch (IOException e) {
                    unreadable.add(file + " (" + ReadFault.reason(e) + ")");
                    return Optional.<PictureHead>empty();
                  }
                })
            .flatMap(Optional::stream)
            .toList();
    if (!unreadable.isEmpty()) {
      throw ImageFolderProvider.unreadable(provider.name(), unreadable, files.size());
    }
    return heads;
  }

  private void requireEnough(ClassFolders tree) {
    Map<String, Integer> few = new LinkedHashMap<>(tree.counts());
    few.values().removeIf(count -> count >= FEWEST);
    if (!few.isEmpty()) {
      throw new DataException(
          provider.name()
              + ": "
              + tree.root()
              + ": fewer than "
              + FEWEST
              + " pictures of "
              + few.entrySet().stream()
                  .limit(NAMED)
                  .map(each -> each.getKey() + " (" + each.getValue() + ")")
                  .collect(Collectors.joining(", "))
              + (few.size() > NAMED ? " and " + (few.size() - NAMED) + " more classes" : "")
              + "; expected: one to learn from, one to select by and one to test with; fix: add"
              + " pictures, or move these folders away");
    }
  }

  private static Optional<String> noteUneven(ClassFolders tree) {
    Map.Entry<String, Integer> most = extreme(tree.counts(), 1);
    Map.Entry<String, Integer> fewest = extreme(tree.counts(), -1);
    return most.getValue() < 10 * fewest.getValue()
        ? Optional.empty()
        : Optional.of(
            "uneven classes: "
                + most.getKey()
                + " has "
                + most.getValue()
                + " pictures, "
                + fewest.getKey()
                + " "
                + fewest.getValue()
                + "; accuracy counts pictures, so the large classes decide it");
  }

  private static Map.Entry<String, Integer> extreme(Map<String, Integer> counts, int sign) {
    return counts.entrySet().stream()
        .max((a, b) -> sign * Integer.compare(a.getValue(), b.getValue()))
        .orElseThrow();
  }
}
