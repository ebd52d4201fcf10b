package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.classification.SmallRuns.numbers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.DjlDataset;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.kt4j.data.ShapesOptions;
import org.kt4j.data.ShapesProvider;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Trainer;

/** A data set of DJL trains a student as the same pictures do that were never in DJL. */
class DjlDataTest {

  private static final String EXPERIMENT =
      """
      data: {name: %s, train: 96, test: 40, held-out: 32, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: learn, epochs: 2, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private Path folder;

  /** The pictures of {@code shapes}, through data sets of DJL. */
  public static final class ThroughDjl implements DatasetProvider<ShapesOptions> {

    private final ShapesProvider shapes = new ShapesProvider();

    @Override
    public String name() {
      return "shapes-through-djl";
    }

    @Override
    public String summary() {
      return "shapes, as data sets of DJL";
    }

    @Override
    public ShapesOptions defaults() {
      return shapes.defaults();
    }

    @Override
    public DataSplits open(ShapesOptions options) {
      DataSplits data = shapes.open(options);
      try (NDManager manager = Engine.getEngine("TensorFlow").newBaseManager()) {
        return new DataSplits(
            copy(data.train(), manager), copy(data.heldOut(), manager), copy(data.test(), manager));
      }
    }

    private static ImageDataset copy(ImageDataset pictures, NDManager manager) {
      int bytes = pictures.shape().bytes();
      ByteBuffer pixels = ByteBuffer.allocateDirect(pictures.size() * bytes);
      long[] labels = new long[pictures.size()];
      byte[] one = new byte[bytes];
      for (int i = 0; i < labels.length; i++) {
        pictures.copyImage(i, one, 0);
        pixels.put(one);
        labels[i] = pictures.label(i);
      }
      pixels.rewind();
      Shape shape =
          new Shape(
              labels.length,
              pictures.shape().height(),
              pictures.shape().width(),
              pictures.shape().channels());
      NDArray images = manager.create(pixels, shape, DataType.UINT8);
      ArrayDataset dataset =
          new ArrayDataset.Builder()
              .setData(images)
              .optLabels(manager.create(labels))
              .setSampling(1, false)
              .build();
      return DjlDataset.of(dataset, manager, pictures.classes());
    }

    @Override
    public Normalization defaultNormalization() {
      return shapes.defaultNormalization();
    }
  }

  @BeforeAll
  static void point_djl_to_our_native_library() {
    String library = Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class);
    System.setProperty("TENSORFLOW_LIBRARY_PATH", library);
  }

  @Test
  void a_student_learns_the_same_from_it() {
    Injector injector =
        Guice.createInjector(
            new KtModule(),
            new AbstractModule() {
              @Override
              protected void configure() {
                Multibinder.newSetBinder(binder(), new TypeLiteral<DatasetProvider<?>>() {})
                    .addBinding()
                    .to(ThroughDjl.class);
              }
            });

    RunResult expected = train(injector, "shapes");
    RunResult result = train(injector, "shapes-through-djl");

    assertThat(numbers(folder.resolve("shapes-through-djl")))
        .isEqualTo(numbers(folder.resolve("shapes")))
        .hasSize(2);
    assertThat(result.testLast()).isEqualTo(expected.testLast());
  }

  private RunResult train(Injector injector, String data) {
    return injector
        .getInstance(Trainer.class)
        .train(
            new RunPlan(
                injector
                    .getInstance(ExperimentReader.class)
                    .parse("test.yaml", EXPERIMENT.formatted(data)),
                folder.resolve(data),
                folder),
            TrainingListener.SILENT);
  }
}
