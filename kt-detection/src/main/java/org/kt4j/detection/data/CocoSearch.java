package org.kt4j.detection.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.kt4j.data.DataException;
import org.kt4j.data.FolderSearch;
import org.kt4j.data.FoundData;
import org.kt4j.data.ReadFault;

/** Recognises the JSON of COCO, in {@code annotations} or beside the pictures. */
final class CocoSearch implements FolderSearch {

  /** The words that name a split in the path of a file, by the split's option. */
  private static final Map<String, String> WORDS =
      Map.of("train", "train", "held-out", "val", "test", "test");

  private static final List<String> SPLITS = List.of("train", "held-out", "test");

  private final CocoProvider provider;

  CocoSearch(CocoProvider provider) {
    this.provider = provider;
  }

  @Override
  public String lookedFor() {
    return "JSON files of COCO with train, val and test in their names, in annotations/ or beside"
        + " the pictures";
  }

  @Override
  public Optional<FoundData> in(Path folder) {
    List<Path> files = annotations(folder);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    CocoOptions usual = provider.defaults();
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("path", folder.toString());
    for (String split : SPLITS) {
      Path file = file(folder, files, split);
      options.put(split, slashed(folder.relativize(file)));
      options.put(split + "-images", slashed(folder.relativize(pictures(folder, file, split))));
    }
    CocoOptions found =
        new CocoOptions(
            folder.toString(),
            text(options, "train"),
            text(options, "held-out"),
            text(options, "test"),
            text(options, "train-images"),
            text(options, "held-out-images"),
            text(options, "test-images"),
            usual.cropSize());
    return Optional.of(
        FoundBoxes.of(provider.name(), options, repairs -> provider.openDetection(found, repairs)));
  }

  private static String text(Map<String, Object> options, String option) {
    return String.valueOf(options.get(option));
  }

  /** Names in configurations have slashes on all systems; the folder itself is a dot. */
  private static String slashed(Path path) {
    String text = path.toString().replace('\\', '/');
    return text.isEmpty() ? "." : text;
  }

  /** The files of COCO in the folder and in the folders in it. */
  private List<Path> annotations(Path folder) {
    List<Path> found = new ArrayList<>(filesOf(folder));
    children(folder, Files::isDirectory).forEach(each -> found.addAll(filesOf(each)));
    return found;
  }

  private List<Path> filesOf(Path folder) {
    return children(
        folder,
        file ->
            Files.isRegularFile(file)
                && String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".json")
                && isCoco(file));
  }

  private List<Path> children(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().filter(wanted).toList();
    } catch (IOException e) {
      throw new DataException(
          provider.name() + ": " + folder + " cannot be listed: " + ReadFault.reason(e), e);
    }
  }

  /** Whether a file holds objects with categories, by its outermost keys. */
  private static boolean isCoco(Path file) {
    Set<String> keys = new HashSet<>();
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
          keys.add(key);
          parser.nextToken();
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return false; // which need not be data
    }
    return keys.containsAll(Set.of("images", "annotations", "categories"));
  }

  private Path file(Path folder, List<Path> files, String split) {
    String word = String.valueOf(WORDS.get(split));
    List<Path> named =
        files.stream()
            .filter(
                file -> folder.relativize(file).toString().toLowerCase(Locale.ROOT).contains(word))
            .toList();
    List<Path> boxes =
        named.stream()
            .filter(file -> String.valueOf(file.getFileName()).startsWith("instances"))
            .toList();
    List<Path> fitting = boxes.isEmpty() ? named : boxes;
    if (fitting.size() != 1) {
      throw new DataException(
          provider.name()
              + ": "
              + split
              + ": "
              + folder
              + " has "
              + (fitting.isEmpty()
                  ? "no JSON file with " + word + " in its name"
                  : "several JSON files with "
                      + word
                      + " in their names: "
                      + names(folder, fitting))
              + "; expected: one for each of train, val and test; there are "
              + names(folder, files)
              + "; fix: "
              + (fitting.isEmpty()
                  ? "divide the pictures, or rename the file"
                  : "move the others away"));
    }
    return fitting.get(0);
  }

  private static String names(Path folder, List<Path> files) {
    return String.join(", ", files.stream().map(file -> slashed(folder.relativize(file))).toList());
  }

  /** The first of the usual folders in which the first picture is. */
  private Path pictures(Path folder, Path file, String split) {
    List<CocoFile.Image> images = CocoFile.read(provider.name(), file).images();
    Path beside = Optional.ofNullable(file.getParent()).orElse(folder);
    if (images.isEmpty()) {
      return beside;
    }
    String stem = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    String name = stem.substring(stem.lastIndexOf('_') + 1);
    String word = String.valueOf(WORDS.get(split));
    List<String> usual = List.of(name, word, "images/" + name, "images/" + word, "images", "");
    List<Path> candidates =
        Stream.concat(Stream.of(beside), usual.stream().map(folder::resolve)).toList();
    String first = images.get(0).fileName();
    return candidates.stream()
        .filter(each -> Files.isRegularFile(FileOptions.in(provider.name(), each, first)))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    provider.name()
                        + ": "
                        + file
                        + " names the picture "
                        + first
                        + ", which is in none of "
                        + String.join(", ", candidates.stream().map(Path::toString).toList())
                        + "; fix: put the pictures into one of these folders"));
  }
}
