package org.kt4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.Download.RemoteFile;

/** {@code fashion-mnist}: 28x28 grey articles of clothing in 10 classes (Xiao et al. 2017). */
public final class FashionMnistProvider implements DatasetProvider<IdxOptions> {

  private static final List<String> CLASSES =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle-boot");

  private static final String SOURCE =
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

  /** For {@link java.util.ServiceLoader}. */
  public FashionMnistProvider() {}

  @Override
  public String name() {
    return "fashion-mnist";
  }

  @Override
  public String summary() {
    return "28x28 grey articles of clothing, 10 classes, 60,000 + 10,000 (Xiao et al. 2017)";
  }

  @Override
  public IdxOptions defaults() {
    return new IdxOptions("data/fashion-mnist", 60_000, 10_000, 5_000);
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
    return new Normalization(List.of(0.2860), List.of(0.3530));
  }

  /** The digests are those TensorFlow Datasets checks (url_checksums/fashion_mnist.txt). */
  @Override
  public Optional<Download> download() {
    return Optional.of(
        new Download(
            URI.create("https://github.com/zalandoresearch/fashion-mnist"),
            List.of(
                RemoteFile.plain(
                    URI.create(SOURCE + "train-images-idx3-ubyte.gz"),
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    26_421_880L),
                RemoteFile.plain(
                    URI.create(SOURCE + "train-labels-idx1-ubyte.gz"),
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    29_515L),
                RemoteFile.plain(
                    URI.create(SOURCE + "t10k-images-idx3-ubyte.gz"),
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    4_422_102L),
                RemoteFile.plain(
                    URI.create(SOURCE + "t10k-labels-idx1-ubyte.gz"),
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    5_148L))));
  }
}
