package org.kt4j.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.Download.RemoteFile;

/** {@code cifar-10}: 32x32 colour photographs in 10 classes (Krizhevsky 2009), binary version. */
public final class Cifar10Provider implements DatasetProvider<CifarOptions> {

  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final List<String> TRAIN_FILES =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");

  /** For {@link java.util.ServiceLoader}. */
  public Cifar10Provider() {}

  @Override
  public String name() {
    return "cifar-10";
  }

  @Override
  public String summary() {
    return "32x32 colour photographs, 10 classes, 50,000 + 10,000 (Krizhevsky 2009)";
  }

  @Override
  public CifarOptions defaults() {
    return new CifarOptions("data/cifar-10", 50_000, 10_000, 5_000);
  }

  @Override
  public DataSplits open(CifarOptions options) {
    CifarFiles files = new CifarFiles(name(), CLASSES, 1);
    Path folder = Path.of(options.path());
    return SplitDraw.draw(
        name(),
        files.read(folder, TRAIN_FILES, 10_000),
        files.read(folder, List.of("test_batch.bin"), 10_000),
        options.train(),
        options.heldOut(),
        options.test(),
        options.path());
  }

  /** Measured over the 50,000 training images, rounded to four digits. */
  @Override
  public Normalization defaultNormalization() {
    return new Normalization(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));
  }

  /** The archive's digest is the one TensorFlow Datasets checks (url_checksums/cifar10.txt). */
  @Override
  public Optional<Download> download() {
    String folder = "cifar-10-batches-bin/";
    long bytes = 10_000L * 3_073;
    return Optional.of(
        new Download(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar.html"),
            List.of(
                RemoteFile.archive(
                    URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    170_052_171L,
                    List.of(
                        new PackedFile(
                            folder + "data_batch_1.bin",
                            "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
                            bytes),
                        new PackedFile(
                            folder + "data_batch_2.bin",
                            "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
                            bytes),
                        new PackedFile(
                            folder + "data_batch_3.bin",
                            "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
                            bytes),
                        new PackedFile(
                            folder + "data_batch_4.bin",
                            "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
                            bytes),
                        new PackedFile(
                            folder + "data_batch_5.bin",
                            "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
                            bytes),
                        new PackedFile(
                            folder + "test_batch.bin",
                            "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
                            bytes))))));
  }

  @Override
  public Optional<FolderSearch> search() {
    return Optional.of(new CifarSearch(this, "data_batch_1.bin"));
  }
}
