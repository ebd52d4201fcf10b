package org.kt4j.imagelevel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.ReadFault;
import org.kt4j.data.Split;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
  public Network network(Map<String, Integer> widths) {
    return networks.apply(widths);
  }

  @Override
  public ImageDataset training() {
    return data.train();
  }

  @Override
  public @Nullable Operand<TFloat32> losses(
      Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits) {
    return task.losses(tf, labels, logits);
  }

  private TrainedNetwork trained(Network network, Weights own) {
    return new TrainedNetwork(network, shape(), normalization, own, List.of());
  }

  @Override
  public double score(Network network, Weights own, Split split) {
    try (FrozenNetwork open = trained(network, own).open()) {
      return task.answers(open, data.part(split)).score();
    }
  }

  @Override
  public AnsweringModel.Speed speed(Network network, Weights own) {
    ExportOptions options =
        ExportOptions.defaults().format(ExportFormats.fastest().name()).fixedSize(true);
    try {
      Path folder = Files.createTempDirectory("kt4j-export");
      try {
        NetworkExport.of(trained(network, own), options, Map.of())
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
