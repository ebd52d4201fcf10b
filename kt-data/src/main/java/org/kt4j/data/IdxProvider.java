package org.kt4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.Download.RemoteFile;

/** A data set in four IDX files, {@link IdxFiles}: 60,000 images for training, 10,000 for tests. */
abstract sealed class IdxProvider implements DatasetProvider<IdxOptions>
    permits MnistProvider, FashionMnistProvider {

  private final String name;
  private final String summary;
  private final List<String> classes;
  private final Normalization normalization;
  private final Download download;
  private final int[] firstLabels;

  /**
   * A data set.
   *
   * @param name as configurations know it, which is its folder in {@code data} as well
   * @param summary in one line
   * @param classes in the order of the labels
   * @param normalization measured over the 60,000 training images
   * @param download of its four files
   * @param firstLabels of its training pictures, by which it is told from others
   */
  IdxProvider(
      String name,
      String summary,
      List<String> classes,
      Normalization normalization,
      Download download,
      int... firstLabels) {
    this.name = name;
    this.summary = summary;
    this.classes = classes;
    this.normalization = normalization;
    this.download = download;
    this.firstLabels = firstLabels;
  }

  /**
   * One of the four files on a server.
   *
   * @param source the folder, with a slash at the end
   * @param file its name without {@code .gz}
   */
  static RemoteFile file(String source, String file, String sha256, long bytes) {
    return RemoteFile.plain(URI.create(source + file + ".gz"), sha256, bytes);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public IdxOptions defaults() {
    return new IdxOptions("data/" + name, 60_000, 10_000, 5_000);
  }

  @Override
  public DataSplits open(IdxOptions options) {
    IdxFiles files = new IdxFiles(name, classes);
    Path folder = Path.of(options.path());
    return SplitDraw.draw(
        name,
        files.read(folder, "train"),
        files.read(folder, "t10k"),
        options.train(),
        options.heldOut(),
        options.test(),
        options.path());
  }

  @Override
  public Normalization defaultNormalization() {
    return normalization;
  }

  @Override
  public Optional<Download> download() {
    return Optional.of(download);
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new IdxSearch(this));
  }

  /** Whether the first labels of the training pictures are those of this data set. */
  boolean isIn(Path folder) {
    return Arrays.equals(new IdxFiles(name, classes).firstLabels(folder), firstLabels);
  }
}
