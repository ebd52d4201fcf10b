package org.kt4j.engine.draft;

import com.google.inject.Inject;
import com.google.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.data.DataException;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.FolderSearch;
import org.kt4j.data.FoundData;
import org.kt4j.engine.registry.Datasets;

/** Finds out what data a folder holds, by asking all data sets. */
@Singleton
public final class FolderData {

  private final Map<String, FolderSearch> searches = new LinkedHashMap<>();

  /** Asks these data sets. */
  @Inject
  public FolderData(Datasets datasets) {
    for (DatasetProvider<?> each : datasets.all()) {
      each.search().ifPresent(search -> searches.put(each.name(), search));
    }
  }

  /**
   * What a folder holds; pictures with boxes come first.
   *
   * @throws DataException when it holds nothing that is known, or nothing that can be used; the
   *     message says what was looked for, or what is wrong with what was found
   */
  public List<FoundData> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          folder
              + (Files.exists(folder) ? " is not a folder" : " is not there")
              + "; allowed: a folder with pictures");
    }
    List<DataException> unusable = new ArrayList<>();
    List<FoundData> found = found(folder, unusable);
    if (!found.isEmpty()) {
      return found;
    }
    if (!unusable.isEmpty()) {
      throw new DataException(
          unusable.stream().map(Throwable::getMessage).collect(Collectors.joining("\n")),
          unusable.get(0));
    }
    throw new DataException(
        folder
            + " holds no data that is known; looked for:"
            + searches.entrySet().stream()
                .map(each -> "\n  " + each.getKey() + ": " + each.getValue().lookedFor())
                .collect(Collectors.joining())
            + below(folder));
  }

  private List<FoundData> found(Path folder, List<DataException> unusable) {
    List<FoundData> found = new ArrayList<>();
    for (FolderSearch search : searches.values()) {
      try {
        search.in(folder).ifPresent(found::add);
      } catch (DataException e) {
        unusable.add(e);
      }
    }
    found.sort(Comparator.comparing(data -> !data.boxes()));
    return found;
  }

  /** The folders in the folder that hold data. */
  private String below(Path folder) {
    try (Stream<Path> inside = Files.list(folder)) {
      List<String> holding =
          inside
              .filter(Files::isDirectory)
              .sorted()
              .filter(each -> !found(each, new ArrayList<>()).isEmpty())
              .map(Path::toString)
              .toList();
      return holding.isEmpty()
          ? "\nfix: name the folder that holds the pictures"
          : "\nfix: name a folder in it that holds data: " + String.join(", ", holding);
    } catch (IOException e) {
      return "";
    }
  }
}
