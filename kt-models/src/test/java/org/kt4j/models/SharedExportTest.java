package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.imagelevel.TrainedNetwork;

/** Networks trained by somebody else in PyTorch, exported, against what PyTorch computed. */
@Tag("shared")
class SharedExportTest {

  static TrainedNetwork teacher(int depth, ImageDataset test) {
    CifarResNetProvider resNets = new CifarResNetProvider();
    return new TrainedNetwork(
        resNets.create(resNets.variant(String.valueOf(depth)), test.shape(), 10),
        test.shape(),
        SharedData.NORMALIZATION,
        NpzFile.read(SharedData.teacher("resnet" + depth + ".npz")),
        test.classes());
  }

  @ParameterizedTest
  @CsvSource({"20, SINGLE", "20, HALF", "56, SINGLE", "56, HALF"})
  void test_pictures_get_the_logits_and_the_accuracy_of_pytorch(int depth, Precision precision)
      throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet" + depth);
    ClassifierExport export =
        ClassifierExport.of(
            teacher(depth, known.pictures()), ExportOptions.defaults().precision(precision));

    KnownAnswers.Compared found;
    try (ExportedClassifier exported = ExportedClassifier.of(export)) {
      found = known.with(exported);
    }

    // Every convolution has a normalisation.
    assertThat(export.facts().folded()).isEqualTo(export.facts().normalisations());
    assertThat(export.facts().folded()).isEqualTo(depth - 1);
    if (precision == Precision.SINGLE) {
      assertThat(found.farthest()).isLessThanOrEqualTo(1e-4 * found.largest());
      assertThat(found.accuracy()).isEqualTo(known.accuracy());
    } else {
      assertThat(found.farthest()).isLessThanOrEqualTo(5e-2 * found.largest());
      assertThat(found.accuracy()).isCloseTo(known.accuracy(), within(0.001));
    }
  }
}
