package org.kt4j.imagelevel;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Picture;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.Predictor;

/**
 * Exports and predictions of a network whose answer is its logits as they are. In an export they
 * have a second name, by which the task recognises its own.
 *
 * @param task the name of the task, for messages
 * @param name of the output in the export, {@code [B, K]} like the logits
 * @param prediction makes a prediction of a picture and its logits {@code [K]}
 */
public record NamedOutput(
    String task, String name, BiFunction<Picture, float[], Prediction> prediction) {

  /**
   * Exports a network, loads the export, and compares both.
   *
   * @param pictures that both are compared on
   * @return facts for the user
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced, or the network has no such tap
   * @throws org.kt4j.engine.export.ExportMismatchException when the export does not compute what
   *     the network computes; nothing is left of it
   */
  public List<Fact> export(TrainedNetwork student, ImageDataset pictures, ExportRequest request) {
    NetworkExport export =
        NetworkExport.of(student, request.options(), Map.of(name, (tf, logits) -> logits));
    return new ExportFolder(
            request.folder(), NetworkExport.files(request.options()), request.overwrite())
        .write(
            beside -> {
              export.write(
                  ExportDetails.of(Map.of("task", task)),
                  SavedModelFile.SIGNATURE,
                  List.of(),
                  beside);
              try (ExportedNetwork exported = ExportedNetwork.open(beside, task, name);
                  FrozenNetwork original = student.open()) {
                double difference =
                    NetworkExport.verify(
                        original, exported, request.options().precision(), pictures);
                return List.of(
                    new Fact(
                        "verified",
                        String.format(
                            Locale.ROOT,
                            "on %,d pictures, outputs differ by at most %.1e of the largest",
                            pictures.size(),
                            difference)));
              }
            });
  }

  /** Predicts with a network; the caller closes the predictor. */
  public Predictor predictor(TrainedNetwork student) {
    FrozenNetwork network = student.open();
    return new NetworkPredictor(network, network::close, student.shape(), prediction);
  }

  /**
   * Predicts with an export; the caller closes the predictor.
   *
   * @return empty when the folder holds the export of another task
   */
  public Optional<Predictor> predictor(Path export) {
    if (!ExportedNetwork.isOne(export, name)) {
      return Optional.empty();
    }
    ExportedNetwork network = ExportedNetwork.open(export, task, name);
    return Optional.of(new NetworkPredictor(network, network::close, network.shape(), prediction));
  }
}
