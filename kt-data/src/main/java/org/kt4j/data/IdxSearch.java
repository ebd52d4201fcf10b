package org.kt4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Recognises IDX files by their names, and which data they are by their first pictures. */
final class IdxSearch implements FolderSearch {

  private static final String FILE = "train-labels-idx1-ubyte";

  private final IdxProvider provider;

  IdxSearch(IdxProvider provider) {
    this.provider = provider;
  }

  @Override
  public String lookedFor() {
    return FILE + " or " + FILE + ".gz, with its labels";
  }

  @Override
  public Optional<FoundData> in(Path folder) {
    boolean there =
        Stream.of(FILE, FILE + ".gz").anyMatch(file -> Files.exists(folder.resolve(file)));
    if (!there || !provider.isIn(folder)) {
      return Optional.empty();
    }
    IdxOptions usual = provider.defaults();
    return Optional.of(
        CifarSearch.counted(
            provider,
            folder,
            provider.open(
                new IdxOptions(folder.toString(), usual.train(), usual.test(), usual.heldOut()))));
  }
}
