package org.kt4j.detection.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kt4j.data.DataException;
import org.kt4j.data.FolderSearch;
import org.kt4j.data.FoundData;

/** Recognises the layout of PASCAL VOC. */
final class VocSearch implements FolderSearch {

  private final VocProvider provider;

  VocSearch(VocProvider provider) {
    this.provider = provider;
  }

  @Override
  public String lookedFor() {
    return "Annotations/*.xml, JPEGImages/*.jpg and ImageSets/Main/train.txt, val.txt and test.txt";
  }

  @Override
  public Optional<FoundData> in(Path folder) {
    if (!Files.isDirectory(folder.resolve("Annotations"))
        || !Files.isDirectory(folder.resolve("JPEGImages"))) {
      return Optional.empty();
    }
    requireSets(folder);
    VocOptions usual = provider.defaults();
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("path", folder.toString());
    VocOptions found =
        new VocOptions(
            folder.toString(),
            usual.train(),
            usual.heldOut(),
            usual.test(),
            usual.classes(),
            usual.cropSize());
    return Optional.of(
        FoundBoxes.of(provider.name(), options, repairs -> provider.openDetection(found, repairs)));
  }

  private void requireSets(Path folder) {
    VocOptions usual = provider.defaults();
    Path sets = folder.resolve("ImageSets").resolve("Main");
    List<String> missing =
        List.of(usual.train(), usual.heldOut(), usual.test()).stream()
            .map(set -> set + ".txt")
            .filter(file -> !Files.isRegularFile(sets.resolve(file)))
            .toList();
    if (!missing.isEmpty()) {
      throw new DataException(
          provider.name()
              + ": "
              + sets
              + " lacks "
              + String.join(" and ", missing)
              + "; expected: the names of the pictures to learn from, to select by and to test"
              + " with, one a line and none in two files; fix: write what is missing");
    }
  }
}
