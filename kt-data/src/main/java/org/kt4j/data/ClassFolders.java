package org.kt4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with one folder per class and the pictures of the class directly in it. What is neither
 * read nor hidden is told: by an exception where pictures would be missing, otherwise by a note.
 */
final class ClassFolders {

  /** How many folders one message names. */
  private static final int NAMED = 10;

  static final String ENDINGS = ".jpg, .jpeg and .png, also in capitals";

  private static final Set<String> READ = Set.of(".jpg", ".jpeg", ".png");

  /** What desktops and archives put beside pictures; names with a dot at the start are, too. */
  private static final Set<String> HIDDEN = Set.of("thumbs.db", "desktop.ini", "__macosx");

  private final String data;
  private final Path root;
  private final List<String> classes = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  private final List<Path> brokenLinks = new ArrayList<>();
  private final List<Path> otherFiles = new ArrayList<>();
  private final List<Path> noFiles = new ArrayList<>();
  private final List<Path> otherFolders = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** What is wrong with single folders. */
  private final List<String> problems = new ArrayList<>();

  private ClassFolders(String data, Path root) {
    this.data = data;
    this.root = root;
  }

  /**
   * Lists the pictures.
   *
   * @param data the data set's name
   * @param root with the class folders
   * @throws DataException when there are fewer than two classes, or pictures would be missing
   */
  static ClassFolders of(String data, Path root) {
    ClassFolders folders = new ClassFolders(data, root);
    folders.read();
    return folders;
  }

  /** In order of their names, which are in Unicode's form C. */
  List<String> classes() {
    return classes;
  }

  /** In order of their names, class by class. */
  List<Path> files() {
    return files;
  }

  int[] labels() {
    return labels.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The number of pictures of each class, in their order. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    labels.forEach(label -> counts.merge(classes.get(label), 1, Integer::sum));
    return counts;
  }

  Path root() {
    return root;
  }

  /** What is not read and may be meant otherwise. */
  List<String> notes() {
    return notes;
  }

  private void read() {
    Map<String, Path> byName = new TreeMap<>();
    for (Path folder : children(root)) {
      if (isBrokenLink(folder)) {
        brokenLinks.add(folder);
      } else if (Files.isDirectory(folder)) {
        String name = Normalizer.normalize(FileNames.decoded(data, folder), Normalizer.Form.NFC);
        Path same = byName.putIfAbsent(name, folder);
        if (same != null) {
          throw new DataException(
              data
                  + ": "
                  + root
                  + " holds two class folders '"
                  + name
                  + "' that differ only in how Unicode composes their letters; fix: put the"
                  + " pictures of both into one");
        }
      } else {
        (RegularFile.isOther(folder) ? noFiles : otherFiles).add(folder);
      }
    }
    if (byName.size() < 2) {
      throw tooFew(byName.size());
    }
    byName.forEach(this::readClass);
    if (!problems.isEmpty()) {
      int more = problems.size() - NAMED;
      throw new DataException(
          String.join("\n", problems.subList(0, Math.min(NAMED, problems.size())))
              + (more > 0 ? "\n" + data + ": and so do " + more + " more folders" : ""));
    }
    requireWholeLinks();
    noteAlike();
    noteOthers();
  }

  private DataException tooFew(int folders) {
    long loose = otherFiles.stream().filter(ClassFolders::isPicture).count();
    return new DataException(
        data
            + ": "
            + root
            + " holds "
            + folders
            + " class folders"
            + (loose > 0 ? " and " + loose + " pictures in no class folder" : "")
            + (brokenLinks.isEmpty() ? "" : " and " + links(brokenLinks))
            + "; allowed: at least 2, each with pictures of one class");
  }

  private void readClass(String name, Path folder) {
    int label = classes.size();
    classes.add(name);
    List<Path> inside = children(folder);
    List<Path> pictures = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    List<Path> nested = new ArrayList<>();
    for (Path path : inside) {
      if (isBrokenLink(path)) {
        brokenLinks.add(path);
      } else if (Files.isDirectory(path)) {
        nested.add(path);
      } else if (RegularFile.isOther(path)) {
        noFiles.add(path);
      } else if (isPicture(path)) {
        if (!FileNames.encoding().equals(StandardCharsets.UTF_8)) {
          FileNames.decoded(data, path); // or the order, and with it the split, would be another
        }
        pictures.add(path);
      } else {
        others.add(path);
      }
    }
    if (pictures.isEmpty() && brokenLinks.isEmpty()) {
      problems.add(noPicture(folder, others, nested));
    }
    for (Path picture : pictures) {
      files.add(picture);
      labels.add(label);
    }
    otherFiles.addAll(others);
    otherFolders.addAll(nested);
  }

  private String noPicture(Path folder, List<Path> others, List<Path> nested) {
    if (!nested.isEmpty()) {
      return data
          + ": "
          + folder
          + " holds no picture but "
          + nested.size()
          + (nested.size() == 1 ? " folder" : " folders")
          + ", such as "
          + nested.get(0).getFileName()
          + "; allowed: the pictures of a class directly in its folder; fix: move them up, or,"
          + " if "
          + folder
          + " holds the classes, name it as path";
    }
    return data
        + ": "
        + folder
        + " holds no picture"
        + (others.isEmpty() ? "" : " but " + byEnding(others))
        + "; read are files that end in "
        + ENDINGS
        + "; fix: "
        + (others.isEmpty() ? "add some" : "convert them")
        + ", or remove the folder";
  }

  private void requireWholeLinks() {
    if (!brokenLinks.isEmpty()) {
      throw new DataException(
          data
              + ": "
              + root
              + ": "
              + links(brokenLinks)
              + "; fix: bring what they point to (git annex get, or mount the disk), or remove the"
              + " links");
    }
  }

  private static String links(List<Path> broken) {
    Path first = broken.get(0);
    String target;
    try {
      target = " -> " + Files.readSymbolicLink(first);
    } catch (IOException e) {
      target = "";
    }
    return broken.size()
        + (broken.size() == 1 ? " link points" : " links point")
        + " to nothing, such as "
        + first
        + target;
  }

  private void noteAlike() {
    Map<String, String> seen = new HashMap<>();
    for (String name : classes) {
      String same = seen.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      if (same != null) {
        notes.add(
            root
                + ": '"
                + same
                + "' and '"
                + name
                + "' differ only in capitals and are taken for two classes");
      }
    }
  }

  private void noteOthers() {
    if (!otherFiles.isEmpty()) {
      notes.add(
          root
              + ": not read: "
              + byEnding(otherFiles)
              + ", such as "
              + otherFiles.get(0)
              + "; read are those in class folders that end in "
              + ENDINGS);
    }
    if (!noFiles.isEmpty()) {
      notes.add(
          root
              + ": not read: pipes, sockets and devices, which are no regular files ("
              + noFiles.size()
              + "), such as "
              + noFiles.get(0));
    }
    if (!otherFolders.isEmpty()) {
      notes.add(
          root
              + ": not read: folders within class folders ("
              + otherFolders.size()
              + "), such as "
              + otherFolders.get(0));
    }
  }

  private static String byEnding(List<Path> paths) {
    Map<String, Long> counts =
        paths.stream()
            .collect(
                Collectors.groupingBy(ClassFolders::ending, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(5)
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "without ending" : name.substring(dot).toLowerCase(Locale.ROOT);
  }

  private static boolean isPicture(Path file) {
    return READ.contains(ending(file));
  }

  /** The files in a folder that would be read as pictures. */
  static List<Path> pictures(String data, Path folder) {
    return children(data, folder).stream()
        .filter(file -> Files.isRegularFile(file) && isPicture(file))
        .toList();
  }

  static boolean isBrokenLink(Path path) {
    return !Files.exists(path) && Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** What a folder holds, by name, without what is hidden. */
  private List<Path> children(Path folder) {
    return children(data, folder);
  }

  static List<Path> children(String data, Path folder) {
    try (Stream<Path> listing = Files.list(folder)) {
      return listing
          .filter(path -> !isHidden(String.valueOf(path.getFileName())))
          .sorted(Comparator.comparing(path -> String.valueOf(path.getFileName())))
          .toList();
    } catch (IOException e) {
      throw new DataException(
          data
              + ": "
              + folder
              + " cannot be listed: "
              + ReadFault.reason(e)
              + "; fix: let it be read, or remove it",
          e);
    }
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || HIDDEN.contains(name.toLowerCase(Locale.ROOT));
  }
}
