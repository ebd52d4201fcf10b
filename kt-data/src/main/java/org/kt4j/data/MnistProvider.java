package org.kt4j.data;

import java.net.URI;
import java.util.List;

/** {@code mnist}: 28x28 grey handwritten digits in 10 classes (LeCun et al. 1998). */
public final class MnistProvider extends IdxProvider {

  private static final List<String> CLASSES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  /** Measured over the 60,000 training images, rounded to four digits. */
  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.1307), List.of(0.3081));

  private static final String SOURCE = "https://ossci-datasets.s3.amazonaws.com/mnist/";

  /** The digests are those TensorFlow Datasets checks (url_checksums/mnist.txt). */
  private static final Download DOWNLOAD =
      new Download(
          URI.create("https://yann.lecun.com/exdb/mnist/"),
          List.of(
              file(
                  SOURCE,
                  "train-images-idx3-ubyte",
                  "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                  9_912_422L),
              file(
                  SOURCE,
                  "train-labels-idx1-ubyte",
                  "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                  28_881L),
              file(
                  SOURCE,
                  "t10k-images-idx3-ubyte",
                  "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                  1_648_877L),
              file(
                  SOURCE,
                  "t10k-labels-idx1-ubyte",
                  "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                  4_542L)));

  /** For {@link java.util.ServiceLoader}. */
  public MnistProvider() {
    super(
        "mnist",
        "28x28 grey handwritten digits, 10 classes, 60,000 + 10,000 (LeCun et al. 1998)",
        CLASSES,
        NORMALIZATION,
        DOWNLOAD,
        5,
        0,
        4,
        1,
        9,
        2,
        1,
        3);
  }
}
