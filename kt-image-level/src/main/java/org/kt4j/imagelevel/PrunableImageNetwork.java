package org.kt4j.imagelevel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.ReadFault;
import org.kt4j.data.Split;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A network on whole pictures that is pruned.
 *
 * @param task that it was trained for
 * @param of which network
 * @param lazy its weights
 * @param data that it is tried on
 * @param normalization of its input
 * @param networks makes it with other widths
 */
record PrunableImageNetwork(
    NetworkTask task,
    PruneSource of,
    LazyWeights lazy,
    DataSplits data,
    Normalization normalization,
    Function<Map<String, Integer>, Network> networks)
    implements PrunableNetwork {

  /** The placeholder of the pictures' labels. */
  private static final String LABELS = "labels";

  @Override
  public String source() {
    return of.described();
  }

  @Override
  public Weights weights() {
    return lazy.get();
  }

  @Override
  public ImageShape shape() {
    return data.shape();
  }

  @Override
  public Map<String, Integer> widths() {
    return of.network().widths();
  }

  @Override
  public NetworkConfig with(Map<String, Integer> widths) {
    return of.network().with(widths);
  }

  @Override
  public Built build(ImageGraph graph, Variables variables, Map<String, Integer> widths) {
    Ops tf = graph.tf();
    Layers layers = Layers.evaluation(tf.withSubScope("network"), variables);
    Operand<TFloat32> logits =
        networks
            .apply(widths)
            .build(layers, graph.normalised(tf.withSubScope("normalise"), normalization));
    Placeholder<TInt32> labels =
        tf.withName(LABELS).placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    return Built.of(layers, logits, task.losses(tf.withSubScope("loss"), labels, logits));
  }

  @Override
  public ImageDataset training() {
    return data.train();
  }

  @Override
  public ImageGraph.Feed feed(int[] pictures) {
    return (runner, pixels) -> {
      TInt32 labels = TInt32.vectorOf(Arrays.stream(pictures).map(data.train()::label).toArray());
      runner.feed(LABELS, labels);
      return List.of(labels);
    };
  }

  private TrainedNetwork trained(Map<String, Integer> widths, Weights own) {
    return new TrainedNetwork(networks.apply(widths), shape(), normalization, own, List.of());
  }

  @Override
  public double score(Map<String, Integer> widths, Weights own, Split split) {
    try (FrozenNetwork open = trained(widths, own).open()) {
      return task.answers(open, data.part(split)).score();
    }
  }

  @Override
  public AnsweringModel.Speed speed(Map<String, Integer> widths, Weights own) {
    ExportOptions options =
        ExportOptions.defaults().format(ExportFormats.fastest().name()).fixedSize(true);
    try {
      Path folder = Files.createTempDirectory("kt4j-export");
      try {
        NetworkExport.of(trained(widths, own), options, Map.of())
            .write(ExportDetails.of(Map.of()), SavedModelFile.SIGNATURE, List.of(), folder);
        try (ExportedNetwork export = ExportedNetwork.open(folder, task.name())) {
          return Latency.of(export, shape()).speed();
        }
      } finally {
        FileSteps.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new ExportException(
          "the time cannot be measured, for nothing can be written to a temporary folder: "
              + ReadFault.reason(e),
          e);
    }
  }
}
