package org.kt4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.Download.RemoteFile;

/** {@code mnist}: 28x28 grey handwritten digits in 10 classes (LeCun et al. 1998). */
public final class MnistProvider implements DatasetProvider<IdxOptions> {

  private static final List<String> CLASSES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private static final String SOURCE = "https://ossci-datasets.s3.amazonaws.com/mnist/";

  /** For {@link java.util.ServiceLoader}. */
  public MnistProvider() {}

  @Override
  public String name() {
    return "mnist";
  }

  @Override
  public String summary() {
    return "28x28 grey handwritten digits, 10 classes, 60,000 + 10,000 (LeCun et al. 1998)";
  }

  @Override
  public IdxOptions defaults() {
    return new IdxOptions("data/mnist", 60_000, 10_000, 5_000);
  }

  @Override
  public DataSplits open(IdxOptions options) {
    IdxFiles files = new IdxFiles(name(), CLASSES);
    Path folder = Path.of(options.path());
    return SplitDraw.draw(
        name(),
        files.read(folder, "train"),
        files.read(folder, "t10k"),
        options.train(),
        options.heldOut(),
        options.test(),
        options.path());
  }

  /** Measured over the 60,000 training images, rounded to four digits. */
  @Override
  public Normalization defaultNormalization() {
    return new Normalization(List.of(0.1307), List.of(0.3081));
  }

  /** The digests are those TensorFlow Datasets checks (url_checksums/mnist.txt). */
  @Override
  public Optional<Download> download() {
    return Optional.of(
        new Download(
            URI.create("https://yann.lecun.com/exdb/mnist/"),
            List.of(
                RemoteFile.plain(
                    URI.create(SOURCE + "train-images-idx3-ubyte.gz"),
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    9_912_422L),
                RemoteFile.plain(
                    URI.create(SOURCE + "train-labels-idx1-ubyte.gz"),
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    28_881L),
                RemoteFile.plain(
                    URI.create(SOURCE + "t10k-images-idx3-ubyte.gz"),
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    1_648_877L),
                RemoteFile.plain(
                    URI.create(SOURCE + "t10k-labels-idx1-ubyte.gz"),
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    4_542L))));
  }
}
