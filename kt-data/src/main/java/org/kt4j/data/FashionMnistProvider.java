package org.kt4j.data;

import java.net.URI;
import java.util.List;

/** {@code fashion-mnist}: 28x28 grey articles of clothing in 10 classes (Xiao et al. 2017). */
public final class FashionMnistProvider extends IdxProvider {

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

  /** Measured over the 60,000 training images, rounded to four digits. */
  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.2860), List.of(0.3530));

  private static final String SOURCE =
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

  /** The digests are those TensorFlow Datasets checks (url_checksums/fashion_mnist.txt). */
  private static final Download DOWNLOAD =
      new Download(
          URI.create("https://github.com/zalandoresearch/fashion-mnist"),
          List.of(
              file(
                  SOURCE,
                  "train-images-idx3-ubyte",
                  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                  26_421_880L),
              file(
                  SOURCE,
                  "train-labels-idx1-ubyte",
                  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                  29_515L),
              file(
                  SOURCE,
                  "t10k-images-idx3-ubyte",
                  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                  4_422_102L),
              file(
                  SOURCE,
                  "t10k-labels-idx1-ubyte",
                  "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                  5_148L)));

  /** For {@link java.util.ServiceLoader}. */
  public FashionMnistProvider() {
    super(
        "fashion-mnist",
        "28x28 grey articles of clothing, 10 classes, 60,000 + 10,000 (Xiao et al. 2017)",
        CLASSES,
        NORMALIZATION,
        DOWNLOAD,
        9,
        0,
        0,
        3,
        0,
        2,
        7,
        2);
  }
}
