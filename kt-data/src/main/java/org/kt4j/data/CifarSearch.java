package org.kt4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recognises the files of CIFAR by the name of the first. */
final class CifarSearch implements FolderSearch {

  private final DatasetProvider<CifarOptions> provider;
  private final String file;

  /**
   * A search.
   *
   * @param file that is in the folder, of the binary version
   */
  CifarSearch(DatasetProvider<CifarOptions> provider, String file) {
    this.provider = provider;
    this.file = file;
  }

  @Override
  public String lookedFor() {
    return file;
  }

  @Override
  public Optional<FoundData> in(Path folder) {
    return Files.exists(folder.resolve(file)) ? Optional.of(opened(folder)) : Optional.empty();
  }

  private FoundData opened(Path folder) {
    CifarOptions usual = provider.defaults();
    DataSplits splits =
        provider.open(
            new CifarOptions(folder.toString(), usual.train(), usual.test(), usual.heldOut()));
    return counted(provider, folder, splits);
  }

  /** What files of fixed contents hold. */
  static FoundData counted(DatasetProvider<?> provider, Path folder, DataSplits splits) {
    int[] counts = splits.train().classCounts();
    ImageShape shape = splits.shape();
    return new FoundData(
        provider.name(),
        Map.of("path", folder.toString()),
        null,
        "train",
        false,
        splits.train().size(),
        splits.heldOut().size(),
        splits.test().size(),
        shape.channels(),
        FoundData.counted(splits.train().classes(), counts),
        PictureSizes.of(shape.height(), shape.width()),
        List.of(),
        null);
  }
}
